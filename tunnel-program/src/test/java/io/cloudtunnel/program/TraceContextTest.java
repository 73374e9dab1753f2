package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request says of its trace. */
class TraceContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void traceparentCountsFirst() {
        TraceContext trace =
                TraceContext.of("00-" + TRACE + "-00f067aa0ba902b7-01", "0".repeat(32) + "/1;o=0");
        assertEquals(new TraceContext(TRACE, "00f067aa0ba902b7", true), trace);
    }

    @Test
    void theOneOfGoogleCloudHasADecimalSpan() {
        assertEquals(
                new TraceContext(TRACE, "00000000000000ff", true),
                TraceContext.of(null, TRACE + "/255;o=1"));
        assertEquals(
                new TraceContext(TRACE, "ffffffffffffffff", false),
                TraceContext.of(null, TRACE + "/18446744073709551615"));
        assertEquals(new TraceContext(TRACE, null, false), TraceContext.of("nonsense", TRACE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-xyz-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00000000000000000000000000000000/1;o=1",
                "\"},{\"severity\":\"ALERT",
                "/1;o=1"
            })
    void whatIsMalformedSaysNothing(String value) {
        assertNull(TraceContext.of(value, value));
    }

    @Test
    void membersNameTheProjectWhereItIsKnown() {
        StringBuilder json = new StringBuilder();
        new TraceContext(TRACE, "00f067aa0ba902b7", true).members(new JsonMembers(json), "shop-1");
        assertEquals(
                ",\"logging.googleapis.com/trace\":\"projects/shop-1/traces/"
                        + TRACE
                        + "\",\"logging.googleapis.com/spanId\":\"00f067aa0ba902b7\""
                        + ",\"logging.googleapis.com/trace_sampled\":true",
                json.toString());
    }
}
