package io.cloudtunnel.agent.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Fields;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from an answer that refuses. */
class RefusalTest {

    private static final Clock NOW =
            Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "7, 7",
                "0, 0",
                "999999999, 3600",
                "'Thu, 01 Jan 2026 00:01:00 GMT', 60",
                "'Wed, 31 Dec 2025 00:00:00 GMT', 0",
                "soon, -",
                "-1, -",
                "-, -",
            })
    void retryAfter(String value, Long seconds) {
        Fields fields = value == null ? Fields.EMPTY : Fields.of("Retry-After", value);
        assertEquals(
                seconds == null ? null : Duration.ofSeconds(seconds),
                Refusal.of(503, fields, "", NOW).retryAfter());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "403, registration-closed, true",
                "401, bad-api-key, true",
                "409, name-taken, true",
                "400, bad-name, true",
                "403, too-many-tunnels, true",
                "401, bad-credentials, false",
                "403, -, false",
                "404, -, false",
                "404, something, false",
                "503, registration-closed, false",
            })
    void finality(int status, String error, boolean expected) {
        Fields fields = error == null ? Fields.EMPTY : Fields.of("cloudtunnel-error", error);
        assertEquals(expected, Refusal.of(status, fields, "", NOW).isFinal());
    }

    @Test
    void nothingThatATerminalObeys() {
        assertEquals(
                "a[31m\tb\nc", Refusal.of(500, Fields.EMPTY, "a\u001b[31m\tb\r\nc\n", NOW).text());
    }
}
