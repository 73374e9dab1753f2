package io.cloudtunnel.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsHandshake;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server that somebody else wrote to the published protocol: it sends one request and waits. */
final class PublishedServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST =
            "{\"type\":\"req\",\"req_id\":\"1\",\"method\":\"GET\",\"path\":\"/x\",\"query\":\"\","
                    + "\"headers\":{},\"body\":\"\"}";

    private final boolean announces;
    private final int offered;
    private final boolean echoes;
    private final BlockingQueue<String> handshakes = new LinkedBlockingQueue<>();
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
    private final RawService service;

    /**
     * A server.
     *
     * @param announces whether it says that it speaks binary mode
     * @param offered its answer to a handshake with a subprotocol
     * @param echoes whether it names any subprotocol that was offered
     */
    PublishedServer(boolean announces, int offered, boolean echoes) throws IOException {
        this.announces = announces;
        this.offered = offered;
        this.echoes = echoes;
        this.service = new RawService(this::handle);
    }

    int port() {
        return service.port();
    }

    private void handle(RawService.Call call) throws Exception {
        if (call.head().target().equals("/register")) {
            call.body().readAllBytes();
            String body =
                    "{\"id\":\"a\",\"secret\":\"b\",\"public_url\":\"http://localhost/pub/a\"}";
            call.wire()
                    .head(
                            "HTTP/1.1 200 OK",
                            announces ? "Cloudtunnel-Protocols: cloudtunnel.v1" : "X-Other: 1",
                            "Content-Type: application/json",
                            "Content-Length: " + body.length())
                    .send(body);
            return;
        }
        String offer = call.head().first("Sec-WebSocket-Protocol");
        handshakes.add("offer: " + offer);
        if (!offer.isEmpty() && offered != 101) {
            call.answer(offered, "unknown subprotocol");
            return;
        }
        call.wire()
                .head(
                        "HTTP/1.1 101 Switching Protocols",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        offer.isEmpty() || !echoes
                                ? "X-Other: 1"
                                : "Sec-WebSocket-Protocol: " + offer,
                        "Sec-WebSocket-Accept: "
                                + WsHandshake.acceptKey(call.head().first("Sec-WebSocket-Key")));
        talk(call.wire());
    }

    private void talk(Wire wire) throws IOException {
        WsWriter writer = new WsWriter(wire.socket().getOutputStream(), Role.SERVER);
        WsReader reader = new WsReader(wire.socket().getInputStream(), Role.SERVER, 1 << 20);
        writer.text(Bytes.utf8(REQUEST));
        WsEvent event = reader.next();
        while (!(event instanceof WsEvent.End) && !(event instanceof WsEvent.Close)) {
            if (event instanceof WsEvent.Text text) {
                answers.add(JSON.readTree(text.payload().utf8()));
            }
            event = reader.next();
        }
    }

    /** The next handshake's offer. */
    String awaitHandshake() throws InterruptedException {
        return needed(handshakes.poll(10, TimeUnit.SECONDS), "handshake");
    }

    /** The agent's answer to the request. */
    JsonNode awaitAnswer() throws InterruptedException {
        return needed(answers.poll(10, TimeUnit.SECONDS), "answer");
    }

    boolean answered() {
        return !answers.isEmpty();
    }

    private static <T> T needed(T value, String what) {
        if (value == null) {
            throw new AssertionError("no " + what);
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
