package io.cloudtunnel.agent.fake;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * A tunnel server of the published protocol, on Helidon's own WebSocket: an independent peer. It
 * echoes a subprotocol that nobody offered, answers no pings, and 404 to whatever it does not know.
 */
public final class HelidonTunnel implements AutoCloseable {

    private final WebServer server;
    private final BlockingQueue<WsSession> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Semaphore pings = new Semaphore(0);

    /** Starts it on a free port of loopback. */
    public HelidonTunnel() {
        server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .addRouting(
                                HttpRouting.builder()
                                        .post(
                                                "/register",
                                                (req, res) ->
                                                        res.send(
                                                                """
                                                                {"id":"h","secret":"s","more":1,
                                                                "public_url":"http://h/pub/h"}
                                                                """)))
                        .addRouting(WsRouting.builder().endpoint("/ws", Listener::new))
                        .build()
                        .start();
    }

    /** Its URL. */
    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** Waits for the next agent's WebSocket. */
    public WsSession session() throws InterruptedException {
        return sessions.take();
    }

    /** Whether another agent's WebSocket has been opened. */
    public boolean hasAnotherSession() {
        return !sessions.isEmpty();
    }

    /** Waits for the next whole text message. */
    public String answer() throws InterruptedException {
        return answers.take();
    }

    /** Waits for so many pings. */
    public void awaitPings(int count) throws InterruptedException {
        pings.acquire(count);
    }

    @Override
    public void close() {
        server.stop();
    }

    private final class Listener implements WsListener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers) {
            WritableHeaders<?> answer = WritableHeaders.create();
            answer.set(HeaderNames.create("Sec-WebSocket-Protocol"), "any.v1");
            return Optional.of(answer);
        }

        @Override
        public void onOpen(WsSession session) {
            sessions.add(session);
        }

        @Override
        public void onMessage(WsSession session, String part, boolean last) {
            text.append(part);
            if (last) {
                answers.add(text.toString());
                text.setLength(0);
            }
        }

        @Override
        public void onPing(WsSession session, BufferData buffer) {
            pings.release();
        }
    }
}
