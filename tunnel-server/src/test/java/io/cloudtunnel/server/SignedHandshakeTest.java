package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that send no secret, and those who would like to be one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignedHandshakeTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    private static SignedSecret secretOf(Tunnel tunnel) {
        return Objects.requireNonNull(SignedSecret.of(tunnel.secret));
    }

    /** What an agent asks with. */
    private record Asked(String id, String claims, String nonce, String proof) {
        static Asked right(Tunnel tunnel, Nonce nonce) {
            SignedSecret secret = secretOf(tunnel);
            return new Asked(
                    tunnel.id, secret.claims(), nonce.toString(), secret.handshakeProof(nonce));
        }

        String[] lines() {
            List<String> lines =
                    new ArrayList<>(
                            List.of(
                                    "Connection: Upgrade",
                                    "Upgrade: websocket",
                                    "Sec-WebSocket-Version: 13",
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                    "Sec-WebSocket-Protocol: cloudtunnel.v1.signed"));
            add(lines, "X-Tunnel-Id", id);
            add(lines, "Cloudtunnel-Claims", claims);
            add(lines, "Cloudtunnel-Nonce", nonce);
            add(lines, "Cloudtunnel-Proof", proof);
            return lines.toArray(String[]::new);
        }

        private static void add(List<String> lines, String name, String value) {
            if (!value.isEmpty()) {
                lines.add(name + ": " + value);
            }
        }
    }

    private static RawClient.Answer ask(Tunnel tunnel, Asked asked) throws IOException {
        try (RawClient client = tunnel.raw()) {
            return client.request("GET", "/ws", asked.lines()).answer();
        }
    }

    @Test
    void theServerProvesItselfAndWhatItSays() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            Nonce nonce = Nonce.random();
            RawClient.Answer answer = ask(tunnel, Asked.right(tunnel, nonce));
            assertEquals(101, answer.status(), answer.text());
            assertEquals("cloudtunnel.v1.signed", answer.first("Sec-WebSocket-Protocol"));
            String terms =
                    answer.first("Cloudtunnel-Instance")
                            + "\n"
                            + answer.first("Cloudtunnel-Started")
                            + "\n"
                            + answer.first("Cloudtunnel-Link-Lifetime")
                            + "\n"
                            + answer.first("Cloudtunnel-Public-Url")
                            + "\n"
                            + answer.first("Cloudtunnel-Access");
            Nonce server = Objects.requireNonNull(Nonce.parse(answer.first("Cloudtunnel-Nonce")));
            assertEquals(
                    secretOf(tunnel).acceptProof(nonce, server, terms),
                    answer.first("Cloudtunnel-Proof"));
            String mac = tunnel.secret.substring(tunnel.secret.lastIndexOf('.') + 1);
            assertFalse(answer.lines().toString().contains(mac));
        }
    }

    /** Each is the right handshake but for one thing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "no id",
                "no claims",
                "no nonce",
                "no proof",
                "another nonce",
                "a proof of another purpose",
                "another tunnel's id",
                "a later generation",
                "a later end",
                "another kid",
                "the secret as claims",
                "long claims",
                "a short nonce"
            })
    void whoDoesNotKnowTheSecretIsRefused(String what) throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            Nonce nonce = Nonce.random();
            Asked right = Asked.right(tunnel, nonce);
            assertEquals(101, ask(tunnel, right).status());
            RawClient.Answer answer = ask(tunnel, wrong(what, tunnel, right, nonce));
            assertEquals(401, answer.status());
            assertEquals("bad-credentials", answer.first("Cloudtunnel-Error"));
        }
    }

    private static Asked wrong(String what, Tunnel tunnel, Asked right, Nonce nonce)
            throws Exception {
        String claims = right.claims();
        return switch (what) {
            case "no id" -> new Asked("", claims, right.nonce(), right.proof());
            case "no claims" -> new Asked(right.id(), "", right.nonce(), right.proof());
            case "no nonce" -> new Asked(right.id(), claims, "", right.proof());
            case "no proof" -> new Asked(right.id(), claims, right.nonce(), "");
            case "another nonce" -> // a handshake that was listened to
                    new Asked(right.id(), claims, Nonce.random().toString(), right.proof());
            case "a proof of another purpose" ->
                    new Asked(
                            right.id(), claims, right.nonce(), secretOf(tunnel).probeProof(nonce));
            case "another tunnel's id" ->
                    new Asked(
                            tunnel.register().path("id").asText(),
                            claims,
                            right.nonce(),
                            right.proof());
            case "a later generation" -> // the fourth part of ct1.kid.id.generation.issued.expires
                    changed(right, 3, "1");
            case "a later end" -> changed(right, 5, "4000000000");
            case "another kid" -> changed(right, 1, "other");
            case "the secret as claims" ->
                    new Asked(right.id(), tunnel.secret, right.nonce(), right.proof());
            case "long claims" ->
                    new Asked(right.id(), claims + "A".repeat(600), right.nonce(), right.proof());
            default -> new Asked(right.id(), claims, right.nonce().substring(1), right.proof());
        };
    }

    private static Asked changed(Asked right, int part, String value) {
        String[] parts = right.claims().split("\\.", -1);
        parts[part] = value;
        return new Asked(right.id(), String.join(".", parts), right.nonce(), right.proof());
    }

    /** The right secret beside it changes nothing: who can send it shall not, and is told so. */
    @Test
    void aSecretThatIsSentDoesNotCount() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                RawClient client = tunnel.raw()) {
            Asked right = Asked.right(tunnel, Nonce.random());
            List<String> lines =
                    new ArrayList<>(List.of(new Asked(right.id(), "", right.nonce(), "").lines()));
            lines.add("Authorization: Bearer " + tunnel.secret);
            String target = "/ws?id=" + tunnel.id + "&secret=" + tunnel.secret;
            assertEquals(
                    401,
                    client.request("GET", target, lines.toArray(String[]::new)).answer().status());
        }
    }

    // ---- A recorded link.

    /** Keeps what is sent over it; brings nothing. */
    private static final class Recorder implements Link {
        private final List<Message> sent = new ArrayList<>();

        @Override
        public void send(Message message) {
            sent.add(message);
        }

        @Override
        public @Nullable Message receive() {
            return null;
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public void close(int code, String reason) {
            // It never was open.
        }
    }

    /** The hello that an agent sends on the link that this 101 opened. */
    private static byte[] hello(Tunnel tunnel, Nonce agent, RawClient.Answer opened)
            throws IOException {
        Nonce server = Objects.requireNonNull(Nonce.parse(opened.first("Cloudtunnel-Nonce")));
        var recorder = new Recorder();
        List<Bytes> parts = new ArrayList<>();
        BinaryCodec.encode(new Frame.Hello(Greeting.DEFAULT), parts);
        secretOf(tunnel).linkKeys(agent, server).agentEnd(recorder).send(new Message.Binary(parts));
        var frame = new ByteArrayOutputStream();
        new WsWriter(frame, Role.CLIENT).binary(recorder.sent.getFirst().payload());
        return frame.toByteArray();
    }

    private static WsEvent.Close closed(RawClient client) throws IOException {
        var reader = new WsReader(client.rest(), Role.CLIENT, 1 << 20);
        WsEvent event = reader.next();
        while (!(event instanceof WsEvent.Close close)) {
            assertFalse(event instanceof WsEvent.End, "it was cut");
            event = reader.next();
        }
        return close;
    }

    @Test
    void aRecordedLinkIsOfNoUse() throws Exception {
        try (Tunnel tunnel = Tunnel.start(builder -> builder.bridgeTime(Duration.ZERO));
                RawClient first = tunnel.raw();
                RawClient second = tunnel.raw()) {
            Nonce nonce = Nonce.random();
            String[] recorded = Asked.right(tunnel, nonce).lines();
            RawClient.Answer opened = first.request("GET", "/ws", recorded).answer();
            assertEquals(101, opened.status());
            byte[] hello = hello(tunnel, nonce, opened);
            RawClient.Answer again = second.request("GET", "/ws", recorded).answer();
            assertEquals(101, again.status(), "the server keeps no list of nonces");
            assertNotEquals(opened.first("Cloudtunnel-Nonce"), again.first("Cloudtunnel-Nonce"));
            second.send(hello);
            WsEvent.Close close = closed(second);
            assertEquals("4005 tag-wrong", close.code() + " " + close.reason());
            first.send(hello); // where it belongs it is taken
            first.send(hello); // once
            close = closed(first);
            assertEquals("4005 replayed", close.code() + " " + close.reason());
        }
    }

    // ---- Settings, and secrets that do not count any more.

    @Test
    void whereSignedLinksAreRequiredThereAreNoOthers() throws Exception {
        try (Tunnel tunnel = Tunnel.start(builder -> builder.signed("required"))) {
            for (String offer :
                    new String[] {"X-None: 1", "Sec-WebSocket-Protocol: cloudtunnel.v1"}) {
                RawClient.Answer answer = unsigned(tunnel, offer, tunnel.secret);
                assertEquals(403, answer.status());
                assertEquals("signed-required", answer.first("Cloudtunnel-Error"));
                assertEquals(answer.status(), unsigned(tunnel, offer, "wrong").status());
            }
            assertEquals(101, ask(tunnel, Asked.right(tunnel, Nonce.random())).status());
            assertEquals("cloudtunnel.v1.signed", protocols(tunnel));
        }
    }

    @Test
    void whereTheyAreOffTheServerSaysSo() throws Exception {
        try (Tunnel tunnel = Tunnel.start(builder -> builder.signed("off"))) {
            RawClient.Answer answer = ask(tunnel, Asked.right(tunnel, Nonce.random()));
            assertEquals(403, answer.status());
            assertEquals("signed-off", answer.first("Cloudtunnel-Error"));
            assertEquals(101, unsigned(tunnel, "X-None: 1", tunnel.secret).status());
            assertEquals("cloudtunnel.v1", protocols(tunnel));
        }
    }

    private static String protocols(Tunnel tunnel) throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request("GET", "/register").answer().first("Cloudtunnel-Protocols");
        }
    }

    private static RawClient.Answer unsigned(Tunnel tunnel, String offer, String secret)
            throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request(
                            "GET",
                            "/ws",
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                            "X-Tunnel-Id: " + tunnel.id,
                            "Authorization: Bearer " + secret,
                            offer)
                    .answer();
        }
    }

    /** A link ends with its generation's grace, and no other is opened. */
    @Test
    void whatWasRotatedAwaySignsNothing() throws Exception {
        var memory = new MemoryEngine();
        try (Tunnel tunnel =
                        Tunnel.start(builder -> builder.tunnelKey(KEY).engine(memory::engine));
                RawClient agent = tunnel.raw()) {
            Nonce nonce = Nonce.random();
            String[] lines = Asked.right(tunnel, nonce).lines();
            assertEquals(101, agent.request("GET", "/ws", lines).answer().status());
            HttpRequest rotate =
                    HttpRequest.newBuilder(tunnel.at("/tunnels/" + tunnel.id + "/rotate?grace=0"))
                            .POST(BodyPublishers.noBody())
                            .header("Authorization", "Bearer " + tunnel.secret)
                            .build();
            assertEquals(200, tunnel.client.send(rotate, BodyHandlers.ofString()).statusCode());
            assertEquals(4002, closed(agent).code());
            assertEquals(401, ask(tunnel, Asked.right(tunnel, Nonce.random())).status());
        }
    }

    // ---- The probe.

    private static int probe(Tunnel tunnel, String nonce, String proof) throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request(
                            "GET",
                            tunnel.path("/"),
                            "Cloudtunnel-Probe: 1",
                            "X-Tunnel-Id: " + tunnel.id,
                            "Cloudtunnel-Claims: " + secretOf(tunnel).claims(),
                            "Cloudtunnel-Nonce: " + nonce,
                            "Cloudtunnel-Proof: " + proof)
                    .answer()
                    .status();
        }
    }

    @Test
    void aProbeNeedsNoSecretEither() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            Nonce nonce = Nonce.random();
            String proof = secretOf(tunnel).probeProof(nonce);
            assertEquals(204, probe(tunnel, nonce.toString(), proof));
            assertEquals(502, probe(tunnel, Nonce.random().toString(), proof), "an ordinary one");
            assertEquals(
                    502, probe(tunnel, nonce.toString(), secretOf(tunnel).handshakeProof(nonce)));
        }
    }
}
