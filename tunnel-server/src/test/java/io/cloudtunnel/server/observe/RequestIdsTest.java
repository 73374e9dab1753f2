package io.cloudtunnel.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ids of clients are taken. */
class RequestIdsTest {

    private static String of(String given) {
        return RequestIds.of(Fields.of("X-Request-Id", given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678", "a.b-c_D9", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"})
    void aHarmlessOneIs(String given) {
        assertEquals(given, of(given));
    }

    static String[] harmful() {
        return new String[] {
            "",
            "1234567",
            "x".repeat(65),
            "12345678 status=200",
            "12345678\nrequest",
            "12345678\n",
            "12345678\r",
            "12345678\u2028",
            "12345678\u0085",
            "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
            "12345678\"",
            "12345678,12345678",
        };
    }

    @ParameterizedTest
    @MethodSource("harmful")
    void anyOtherGivesWayToOneOfOurs(String given) {
        assertTrue(of(given).matches("[0-9a-f]{16}"), of(given));
    }

    @Test
    void oursAreNotTheSame() {
        assertNotEquals(RequestIds.of(Fields.EMPTY), RequestIds.of(Fields.EMPTY));
    }
}
