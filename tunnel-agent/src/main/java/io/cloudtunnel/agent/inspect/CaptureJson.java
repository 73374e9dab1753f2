package io.cloudtunnel.agent.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;

/** Captures as JSON for the page. Pure functions. */
final class CaptureJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_TARGET = 300; // in the list
    private static final double NANOS_PER_MILLI = 1e6;

    private CaptureJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of values can be written", e);
        }
    }

    /** What the list has of a request. */
    static ObjectNode line(Capture capture) {
        String target = capture.head().target();
        ObjectNode line =
                object().put("number", capture.number())
                        .put("method", capture.head().method())
                        .put("target", cut(target))
                        .put("began", capture.beganMillis())
                        .put("again", capture.again())
                        .put("sent", capture.requestBody().known().length())
                        .put("received", capture.responseBody().known().length());
        end(line, capture);
        time(line, "ms", capture.times().ended());
        return line;
    }

    private static String cut(String target) {
        return target.length() > LONGEST_TARGET
                ? target.substring(0, LONGEST_TARGET) + "…"
                : target;
    }

    private static void end(ObjectNode to, Capture capture) {
        ResponseHead answer = capture.answer();
        ErrorCode failure = capture.failure();
        to.put("over", capture.isOver()).put("status", answer == null ? 0 : answer.status());
        to.put("end", failure == null ? null : failure.token());
        to.put("leg", failure == null ? null : Leg.of(failure).word());
    }

    private static void time(ObjectNode to, String name, long nanos) {
        if (nanos < 0) {
            to.putNull(name);
        } else {
            to.put(name, nanos / NANOS_PER_MILLI);
        }
    }

    /** All that is kept of a request. */
    static ObjectNode whole(Capture capture) {
        ObjectNode all = line(capture);
        all.put("target", capture.head().target()).put("targetCut", capture.targetCut());
        all.put("notAgain", capture.notAgain());
        Capture.Times at = capture.times();
        ObjectNode times = all.putObject("times");
        time(times, "connected", at.connected());
        time(times, "sent", at.sent());
        time(times, "answered", at.answered());
        time(times, "ended", at.ended());
        ObjectNode request = all.putObject("request");
        fields(request.putArray("fields"), capture.head().fields());
        request.put("leftOut", capture.leftOut());
        trailers(request, capture.requestTrailers());
        body(request.putObject("body"), capture.requestBody().known());
        ObjectNode answer = all.putObject("answer");
        ArrayNode interim = answer.putArray("interim");
        capture.interim().forEach(interim::add);
        ResponseHead head = capture.answer();
        answer.put("reason", head == null ? "" : head.reason());
        fields(answer.putArray("fields"), head == null ? Fields.EMPTY : head.fields());
        answer.put("leftOut", capture.answerLeftOut());
        trailers(answer, capture.responseTrailers());
        body(answer.putObject("body"), capture.responseBody().known());
        return all;
    }

    private static void fields(ArrayNode list, Fields fields) {
        fields.forEach((name, value) -> list.addArray().add(name).add(value));
    }

    private static void trailers(ObjectNode to, KeptFields trailers) {
        fields(to.putArray("trailers"), trailers.fields());
        to.put("trailersLeftOut", trailers.leftOut());
    }

    private static void body(ObjectNode to, BodyStart.Known body) {
        to.put("length", body.length()).put("whole", body.whole()).put("ended", body.ended());
        to.put("start", body.start().toByteArray());
    }
}
