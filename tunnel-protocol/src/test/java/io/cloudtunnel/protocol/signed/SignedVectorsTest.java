package io.cloudtunnel.protocol.signed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.session.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of docs/protocol.md, section 14, which were not made by this code. */
class SignedVectorsTest {

    private static final Path FILE = Path.of("../docs/vectors/signed.json");

    private static Stream<Named<JsonNode>> all(String list) throws IOException {
        JsonNode entries = new ObjectMapper().readTree(FILE.toFile()).get(list);
        assertTrue(!entries.isEmpty(), list);
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> Named.of(entry.get("name").asText(), entry));
    }

    static Stream<Named<JsonNode>> hkdf() throws IOException {
        return all("hkdf");
    }

    static Stream<Named<JsonNode>> links() throws IOException {
        return all("links");
    }

    static Stream<Named<JsonNode>> refused() throws IOException {
        return all("refused");
    }

    private static byte[] hex(JsonNode of, String name) {
        return HexFormat.of().parseHex(of.get(name).asText());
    }

    private static Nonce nonce(JsonNode of, String name) {
        return Objects.requireNonNull(Nonce.parse(of.get(name).asText()));
    }

    private static SignedSecret secret(JsonNode link) {
        return Objects.requireNonNull(SignedSecret.of(link.get("secret").asText()));
    }

    private static LinkKeys keys(JsonNode link) {
        return secret(link).linkKeys(nonce(link, "agent_nonce"), nonce(link, "server_nonce"));
    }

    @ParameterizedTest
    @MethodSource("hkdf")
    void keyDerivation(JsonNode vector) {
        byte[] key = Hkdf.extract(hex(vector, "salt"), hex(vector, "ikm"));
        assertArrayEquals(hex(vector, "prk"), key);
        int length = vector.get("length").asInt();
        assertArrayEquals(hex(vector, "okm"), Hkdf.expand(key, hex(vector, "info"), length));
    }

    @ParameterizedTest
    @MethodSource("links")
    void proofsAndKeys(JsonNode link) {
        SignedSecret secret = secret(link);
        Nonce agent = nonce(link, "agent_nonce");
        Nonce server = nonce(link, "server_nonce");
        assertEquals(link.get("claims").asText(), secret.claims());
        assertEquals(link.get("handshake_proof").asText(), secret.handshakeProof(agent));
        assertEquals(
                link.get("server_proof").asText(),
                secret.acceptProof(agent, server, link.get("terms").asText()));
        assertEquals(
                link.get("probe_proof").asText(), secret.probeProof(nonce(link, "probe_nonce")));
        assertArrayEquals(hex(link, "agent_key"), keys(link).agentKey());
        assertArrayEquals(hex(link, "server_key"), keys(link).serverKey());
    }

    /** What each end sends is just these bytes, and the other end takes them. */
    @ParameterizedTest
    @MethodSource("links")
    void messages(JsonNode link) throws IOException {
        var toAgent = new ScriptedLink();
        var toServer = new ScriptedLink();
        Link server = keys(link).serverEnd(toAgent);
        Link agent = keys(link).agentEnd(toServer);
        Link atAgent = keys(link).agentEnd(toAgent);
        Link atServer = keys(link).serverEnd(toServer);
        for (JsonNode each : link.get("messages")) {
            boolean fromServer = each.get("from").asText().equals("server");
            Message message = message(each, "message");
            (fromServer ? server : agent).send(message);
            ScriptedLink wire = fromServer ? toAgent : toServer;
            Message sent = wire.takeSent();
            assertEquals(message(each, "wire").payload(), sent.payload());
            wire.brings(sent);
            Message received = (fromServer ? atAgent : atServer).receive();
            assertEquals(message.payload(), Objects.requireNonNull(received).payload());
            assertEquals(message.getClass(), received.getClass());
        }
    }

    private static Message message(JsonNode of, String name) {
        Bytes bytes = Bytes.wrap(hex(of, name));
        return of.get("kind").asText().equals("text")
                ? new Message.Text(bytes)
                : new Message.Binary(bytes);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatEndsTheLink(JsonNode vector) throws IOException {
        JsonNode first = new ObjectMapper().readTree(FILE.toFile()).get("links").get(0);
        var wire = new ScriptedLink();
        Link agent = keys(first).agentEnd(wire);
        vector.get("received").forEach(each -> wire.brings(message(each, "wire")));
        for (int i = 0; i < vector.get("accepted").asInt(); i++) {
            agent.receive();
        }
        ProtocolException refused = assertThrows(ProtocolException.class, agent::receive);
        String word = vector.get("word").asText();
        assertEquals(word, refused.word());
        assertEquals(LinkCloseCode.AUTHENTICATION, refused.closeCode());
        assertEquals("4005 " + word, wire.closed());
        assertThrows(IOException.class, agent::receive, "nothing more is received");
        Message any = new Message.Binary(Bytes.EMPTY);
        assertThrows(IOException.class, () -> agent.send(any), "nor sent");
    }
}
