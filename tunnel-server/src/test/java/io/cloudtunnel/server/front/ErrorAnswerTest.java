package io.cloudtunnel.server.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of the server's own answers. */
class ErrorAnswerTest {

    private static ErrorAnswer of(int status, Fields request) {
        return ErrorAnswer.of(status, "some-code", "a \"text\"", "request-1", request);
    }

    @Test
    void isALineOfText() {
        ErrorAnswer answer = of(502, Fields.EMPTY);
        assertEquals("a \"text\"\n", text(answer));
        assertEquals("text/plain; charset=utf-8", answer.head().fields().first("Content-Type"));
        assertEquals("9", answer.head().fields().first("Content-Length"));
        assertEquals("some-code", answer.head().fields().first("Cloudtunnel-Error"));
        assertEquals("request-1", answer.head().fields().first("X-Request-Id"));
        assertNull(answer.head().fields().first("Retry-After"));
    }

    @Test
    void isJsonForThoseWhoAskForIt() throws IOException {
        ErrorAnswer answer = of(503, Fields.of("accept", "application/json"));
        JsonNode json = new ObjectMapper().readTree(text(answer));
        assertEquals("some-code", json.path("error").asText());
        assertEquals("a \"text\"", json.path("message").asText());
        assertEquals("request-1", json.path("request_id").asText());
        assertEquals("application/json", answer.head().fields().first("Content-Type"));
        assertEquals("1", answer.head().fields().first("Retry-After"));
    }

    @ParameterizedTest
    @CsvSource({
        "*/*, text/plain; charset=utf-8",
        "'text/html,application/json', text/plain; charset=utf-8",
        "'APPLICATION/JSON;q=0.9', application/json",
        "application/problem+json, application/json"
    })
    void aBrowserGetsText(String accept, String type) {
        assertEquals(
                type, of(502, Fields.of("Accept", accept)).head().fields().first("Content-Type"));
    }

    private static String text(ErrorAnswer answer) {
        return new String(answer.body().toByteArray(), StandardCharsets.UTF_8);
    }
}
