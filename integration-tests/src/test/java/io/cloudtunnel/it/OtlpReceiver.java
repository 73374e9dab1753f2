package io.cloudtunnel.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans as a collector does: OTLP over HTTP, read with the classes of its specification. */
final class OtlpReceiver implements AutoCloseable {

    /** One span, with its ids in hexadecimal digits. */
    record Received(String service, Span span) {

        String trace() {
            return HexFormat.of().formatHex(span.getTraceId().toByteArray());
        }

        String id() {
            return HexFormat.of().formatHex(span.getSpanId().toByteArray());
        }

        /** Empty for a root. */
        String parent() {
            return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
        }

        /** Its attributes; numbers and the like as text. */
        Map<String, String> attributes() {
            return texts(span.getAttributesList());
        }

        boolean isError() {
            return span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
        }

        /** Whether it lies within another one's time. */
        boolean isWithin(Received outer) {
            return span.getStartTimeUnixNano() >= outer.span.getStartTimeUnixNano()
                    && span.getEndTimeUnixNano() <= outer.span.getEndTimeUnixNano();
        }
    }

    private final HttpServer server;
    private final List<Received> spans = new CopyOnWriteArrayList<>();

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            for (ResourceSpans of :
                    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
                String service = service(of.getResource());
                for (ScopeSpans scope : of.getScopeSpansList()) {
                    scope.getSpansList().forEach(span -> spans.add(new Received(service, span)));
                }
            }
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static String service(Resource resource) {
        return texts(resource.getAttributesList()).getOrDefault("service.name", "");
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        Map<String, String> all = new TreeMap<>();
        attributes.forEach(each -> all.put(each.getKey(), text(each.getValue())));
        return all;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case INT_VALUE -> Long.toString(value.getIntValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            default -> value.getStringValue();
        };
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that came so far. */
    List<Received> all() {
        return List.copyOf(spans);
    }

    /** Waits for the spans of one request, three where all went well, by their parents. */
    Spans await(String requestPath) throws InterruptedException {
        Waiting.until(
                10,
                () -> "spans of " + requestPath + " in " + spans,
                () -> Spans.of(all(), requestPath) != null);
        Spans found = Spans.of(all(), requestPath);
        if (found == null) {
            throw new AssertionError("gone again");
        }
        return found;
    }

    /** The spans of one request: of the server, of its tunnel, and of the agent's call. */
    record Spans(Received server, Received tunnel, Received call) {

        private static Spans of(List<Received> all, String path) {
            for (Received root : all) {
                if (root.attributes().getOrDefault("url.path", "").endsWith(path)
                        && root.span.getKind() == Span.SpanKind.SPAN_KIND_SERVER) {
                    Received tunnel = childOf(root, all);
                    Received call = tunnel == null ? null : childOf(tunnel, all);
                    return call == null ? null : new Spans(root, tunnel, call);
                }
            }
            return null;
        }

        private static Received childOf(Received parent, List<Received> all) {
            return all.stream()
                    .filter(span -> span.parent().equals(parent.id()))
                    .findFirst()
                    .orElse(null);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
