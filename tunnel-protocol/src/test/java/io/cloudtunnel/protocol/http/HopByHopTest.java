package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {

    @Test
    void theRestKeepsItsOrder() {
        Fields fields =
                Fields.of(
                        "Host",
                        "a",
                        "connection",
                        "X-One , x-two,close",
                        "B",
                        "1",
                        "TE",
                        "trailers",
                        "X-ONE",
                        "gone",
                        "b",
                        "2",
                        "Connection",
                        "X-Three",
                        "x-three",
                        "gone",
                        "X-Two",
                        "gone",
                        "Keep-Alive",
                        "5",
                        "Proxy-Connection",
                        "x",
                        "Upgrade",
                        "h2c",
                        "Transfer-Encoding",
                        "chunked",
                        "HTTP2-Settings",
                        "x",
                        "Trailer",
                        "T",
                        "Proxy-Authenticate",
                        "x",
                        "Proxy-Authorization",
                        "x",
                        "Close",
                        "stays not",
                        "B",
                        "3");
        assertEquals(
                Fields.of("Host", "a", "B", "1", "b", "2", "Trailer", "T", "B", "3"),
                HopByHop.strip(fields));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-length",
                "Authorization",
                "Cookie",
                "Set-Cookie",
                "X-Forwarded-For",
                "x-forwarded-anything",
                "Forwarded",
                "Content-Type",
                "X-Real-IP",
                "Cloudtunnel-Error",
            })
    void connectionCannotTakeAway(String name) {
        Fields fields = Fields.of("Connection", name + ", X, " + name, name, "kept", "X", "gone");
        assertEquals(Fields.of(name, "kept"), HopByHop.strip(fields));
    }

    @Test
    void trailersLoseWhatMayNotStandThere() {
        Fields trailers =
                Fields.of(
                        "A", "1", "Content-Length", "5", "host", "x", "Connection", "A", "B", "2");
        assertEquals(Fields.of("A", "1", "B", "2"), HopByHop.stripTrailers(trailers));
    }

    @Test
    void anUpgradeIsNamedTwice() {
        Fields both = Fields.of("Connection", "keep-alive, Upgrade", "Upgrade", "websocket");
        assertEquals("websocket", HopByHop.upgrade(both));
        assertNull(HopByHop.upgrade(Fields.of("Upgrade", "websocket")));
        assertNull(HopByHop.upgrade(Fields.of("Connection", "upgrade")));
    }

    @Test
    void trailersAreWelcomeWhereTheClientSaysSo() {
        assertTrue(HopByHop.takesTrailers(Fields.of("te", "gzip;q=0.5, Trailers")));
        assertFalse(HopByHop.takesTrailers(Fields.of("TE", "gzip")));
    }
}
