package io.cloudtunnel.server.front;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.StandardPhrase;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.helidon.http.DateTime;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * An answer of ours instead of the local service's: a short text, or JSON if the client asks for
 * it. {@code Cloudtunnel-Error} names what failed.
 *
 * @param head the head, with {@code Content-Length}
 * @param body the body
 */
public record ErrorAnswer(ResponseHead head, Bytes body) {

    private static final JsonFactory JSON = new JsonFactory();

    /** An answer to a request with these fields. */
    public static ErrorAnswer of(
            int status, String code, String text, String requestId, Fields request) {
        boolean json = wantsJson(request);
        Bytes body = Bytes.utf8(json ? json(code, text, requestId) : text + "\n");
        Fields.Builder fields =
                Fields.builder()
                        .add("Date", DateTime.rfc1123String()) // RFC 9110, 6.6.1
                        .add(
                                "Content-Type",
                                json ? "application/json" : "text/plain; charset=utf-8")
                        .add("Content-Length", Integer.toString(body.length()))
                        .add("Cache-Control", "no-store")
                        .add("Cloudtunnel-Error", code)
                        .add("X-Request-Id", requestId);
        if (status == 503) {
            fields.add("Retry-After", "1");
        }
        return new ErrorAnswer(
                new ResponseHead(status, StandardPhrase.of(status), fields.build()), body);
    }

    /** The answer that a failure comes to. */
    public static ErrorAnswer of(ExchangeException failure, String requestId, Fields request) {
        ErrorAnswer plain =
                of(
                        failure.code().status(),
                        failure.code().token(),
                        ErrorTexts.of(failure),
                        requestId,
                        request);
        if (failure.fields().size() == 0) {
            return plain;
        }
        Fields.Builder fields = plain.head().fields().toBuilder();
        failure.fields().forEach((name, value) -> fields.remove(name));
        return new ErrorAnswer(
                plain.head().with(fields.addAll(failure.fields()).build()), plain.body());
    }

    /** JSON only if it is asked for by name and HTML is not: a browser gets text. */
    private static boolean wantsJson(Fields request) {
        String accept = String.join(",", request.all("Accept")).toLowerCase(Locale.ROOT);
        return accept.contains("json") && !accept.contains("text/");
    }

    private static String json(String code, String text, String requestId) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("error", code);
            json.writeStringField("message", text);
            json.writeStringField("request_id", requestId);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no real output", e);
        }
        return out.append('\n').toString();
    }
}
