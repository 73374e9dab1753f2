package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.server.relay.Eventually;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link in JSON mode that is taken by a large request, and others that wait for it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BusyJsonLinkTest {

    /** More than all buffers between two sockets hold. */
    private static final int LARGE = 8 << 20;

    private Tunnel tunnel;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    /** An agent that reads what the test tells it to read. */
    private RawClient slowAgent() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(32 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tunnel.port()));
        RawClient agent = new RawClient(socket);
        agent.request(
                "GET",
                "/ws?id=" + tunnel.id + "&secret=" + tunnel.secret,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertEquals(101, agent.answer().status());
        return agent;
    }

    private int open() {
        return tunnel.server.links().openExchanges();
    }

    @Test
    void aClientThatLeavesWaitsForNoTurn() throws Exception {
        try (RawClient agent = slowAgent();
                RawClient large = tunnel.raw()) {
            large.request("POST", tunnel.path("/large"), "Content-Length: " + LARGE);
            large.send(new byte[LARGE]);
            assertEquals(0x81, agent.read()); // it has its turn
            try (RawClient get = tunnel.raw();
                    RawClient post = tunnel.raw()) {
                get.request("GET", tunnel.path("/get"));
                post.request("POST", tunnel.path("/post"), "Content-Length: 5").send("hello");
                Eventually.holds("all are open", () -> open() == 3);
            }
            Eventually.holds("those that left are not", () -> open() == 1);
        }
    }
}
