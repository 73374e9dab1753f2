package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.relay.servers.Authority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of clients and links where the server ends TLS itself. */
@Timeout(60)
class OwnTlsTest {

    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir static Path folder;

    private static Authority authority;
    private static Authority.Issued issued;

    @BeforeAll
    static void issue() throws Exception {
        authority = new Authority(folder, "authority");
        issued = authority.issue("server");
    }

    private static TunnelServer start(Duration handshake, Duration head, Duration stall) {
        return TunnelServer.builder()
                .host("127.0.0.1")
                .port(0)
                .openRegistration()
                .bridgeTime(Duration.ZERO)
                .tls(new ServerTls(issued.chain(), issued.key()))
                .limits(Limits.DEFAULT.toBuilder().writeStall(stall).build())
                .clientLimits(
                        new ClientLimits(
                                handshake,
                                LONG,
                                head,
                                LONG,
                                1024,
                                LONG,
                                stall,
                                Duration.ofMillis(200)))
                .start();
    }

    private static RawClient client(TunnelServer server) throws Exception {
        X509ExtendedTrustManager trust =
                io.cloudtunnel.program.tls.Authorities.read(authority.pem());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust}, null);
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.startHandshake();
        return new RawClient(socket);
    }

    @Test
    void aHandshakeThatDoesNotComeIsCut() throws Exception {
        try (TunnelServer server = start(Duration.ofSeconds(3), LONG, LONG);
                RawClient silent = new RawClient(server.port());
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port());
                RawClient other = client(server)) {
            slow.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1}); // of a ClientHello
            assertTrue(silent.closedByServer(), "who says nothing");
            assertTrue(new RawClient(slow).closedByServer(), "who says too little");
            other.request("GET", "/health/live");
            assertEquals(200, other.answer().status());
        }
    }

    @Test
    void aHeadThatTricklesGets408() throws Exception {
        try (TunnelServer server = start(LONG, SHORT, LONG);
                RawClient client = client(server)) {
            client.send("GET /pub/x/ HTTP/1.1\r\nHost: a\r\nX-");
            assertEquals(408, client.answer().status());
            assertTrue(client.closedByServer());
        }
    }

    private static JsonNode register(TunnelServer server) throws Exception {
        try (RawClient client = client(server)) {
            client.send("POST /register HTTP/1.1\r\nHost: x:1\r\nContent-Length: 0\r\n\r\n");
            JsonNode pair = new ObjectMapper().readTree(client.answer().text());
            assertTrue(pair.path("public_url").asText().startsWith("https://x:1/pub/"));
            return pair;
        }
    }

    private static RawClient link(TunnelServer server, JsonNode pair) throws Exception {
        RawClient agent = client(server);
        agent.request(
                "GET",
                "/ws?id=" + pair.path("id").asText() + "&secret=" + pair.path("secret").asText(),
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
        assertTrue(agent.head().getFirst().contains(" 101 "));
        return agent;
    }

    /** A write of the link's holds TLS's own lock, and a goodbye would wait for it. */
    @Test
    void aLinkWhoseAgentTakesNothingIsCut() throws Exception {
        try (TunnelServer server = start(LONG, LONG, SHORT);
                LogCapture log = new LogCapture()) {
            JsonNode pair = register(server);
            try (RawClient agent = link(server, pair);
                    RawClient client = client(server)) {
                byte[] large = new byte[16 << 20]; // beyond what the kernel takes
                client.send(
                        "POST /pub/"
                                + pair.path("id").asText()
                                + "/ HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                + large.length
                                + "\r\n\r\n");
                client.send(large);
                assertTrue(
                        log.await("closed: the peer took no bytes", Duration.ofSeconds(20)),
                        log.text());
                agent.timeout(20_000);
                client.timeout(20_000);
                assertEquals(502, client.answer().status());
                assertTrue(server.links().awaitEmpty(Duration.ofSeconds(10)));
            }
        }
    }

    private static String refusal(Map<String, String> settings) {
        return String.valueOf(
                assertThrows(
                                SettingException.class,
                                () ->
                                        TunnelServer.builder()
                                                .settings(Settings.of(ServerOptions.ALL, settings)))
                        .getMessage());
    }

    @Test
    void whatIsHalfSetDoesNotStart() throws IOException {
        String chain = issued.chain().toString();
        String both = issued.both().toString();
        String key = refusal(Map.of("tls-key", chain));
        assertTrue(key.contains("set TLS_CERT, too"), key);
        String none = refusal(Map.of("tls-cert", chain));
        assertTrue(none.contains("cannot be used: there is no private key in"), none);
        String unused = refusal(Map.of("tls-cert", both, "tls-client-ca", chain));
        assertTrue(unused.contains("REGISTRATION=mtls"), unused);
        String open = refusal(Map.of("registration", "mtls", "tls-cert", both));
        assertTrue(open.contains("set TLS_CLIENT_CA"), open);
        Path empty = Files.writeString(folder.resolve("empty"), "");
        String malformed =
                refusal(
                        Map.of(
                                "registration",
                                "mtls",
                                "tls-cert",
                                both,
                                "tls-client-ca",
                                empty.toString()));
        assertTrue(malformed.contains("is not a PEM file"), malformed);
    }
}
