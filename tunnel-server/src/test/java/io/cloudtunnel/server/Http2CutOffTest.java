package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.wire.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of HTTP/2 that are answered before their requests have ended, and cut off. */
@Timeout(60)
class Http2CutOffTest {

    /** A client that heeds resets sends nothing that would tell the end of such a stream. */
    @Test
    void anyNumberOfStreamsMayBeCutOff() throws Exception {
        try (Tunnel tunnel = Tunnel.start(builder -> builder.http2(true));
                Http2Wire client = new Http2Wire(tunnel.port())) {
            int stream = 1;
            for (int i = 0; i < 1100; i++) {
                client.request(stream, "POST", tunnel.path("/"), false, "upgrade", "websocket");
                client.awaitReset(stream);
                stream += 2;
            }
            client.request(stream, "GET", "/health/live", true);
            assertTrue(client.text(stream).contains("UP"));
        }
    }
}
