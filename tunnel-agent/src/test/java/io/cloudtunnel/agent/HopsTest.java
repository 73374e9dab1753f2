package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.RawTunnel;
import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.fake.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to the server: through a proxy, over TLS, and what is said when a hop fails. */
class HopsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;
    private final CopyOnWriteArrayList<String> details = new CopyOnWriteArrayList<>();

    private TunnelAgentBuilder builder(String server, Map<String, String> environment) {
        return TunnelAgent.builder()
                .server(server)
                .local("http://127.0.0.1:1")
                .credentialsFile(directory.resolve("c.json"))
                .environment(environment)
                .listener(
                        new AgentListener() {
                            @Override
                            public void stateChanged(AgentState state, String detail) {
                                details.add(detail);
                            }
                        });
    }

    private static void stays(int attempt, RawTunnel.Request request) throws Exception {
        request.upgrade("");
        request.awaitClose();
    }

    private static String drop(String head, String name) {
        return head.replaceAll("(?im)^" + name + ":.*\r\n", "");
    }

    @Test
    void bothCallsGoThroughTheProxyWithItsCredentials() throws Exception {
        Queue<String> connects = new ConcurrentLinkedQueue<>();
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("one"), HopsTest::stays);
                ScriptedPeer proxy =
                        new ScriptedPeer(c -> {
                            connects.add(c.head());
                            c.write("HTTP/1.1 200 Connection established\r\n\r\n");
                            server.serve(c);
                        });
                TunnelAgent agent =
                        builder(
                                        "http://tunnel.invalid:81",
                                        Map.of(
                                                "http_proxy",
                                                "http://us:p%40ss@127.0.0.1:" + proxy.port(),
                                                "NO_PROXY",
                                                "other.invalid"))
                                .start()) {
            assertTrue(agent.awaitConnected(SOON), details::toString);
            assertEquals(2, connects.size());
            for (String head : connects) {
                assertTrue(head.startsWith("CONNECT tunnel.invalid:81 HTTP/1.1\r\n"), head);
                assertTrue(head.contains("Proxy-Authorization: Basic dXM6cEBzcw=="), head);
            }
            for (RawTunnel.Request request : server.requests()) {
                assertFalse(request.has("Proxy-"), request::head);
            }
        }
    }

    @Test
    void tlsThroughTheProxyToo() throws Exception {
        SelfSigned certificate = new SelfSigned(directory, "dns:tunnel.invalid");
        Queue<String> connects = new ConcurrentLinkedQueue<>();
        try (RawTunnel server =
                        new RawTunnel(
                                certificate.context().getServerSocketFactory(),
                                RawTunnel.registers("one", "Cloudtunnel-Protocols: json"),
                                HopsTest::stays);
                ScriptedPeer proxy = relay(connects, server.port());
                TunnelAgent agent =
                        builder(
                                        "https://tunnel.invalid",
                                        Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port()))
                                .serverAuthorities(certificate.pem())
                                .start()) {
            assertTrue(agent.awaitConnected(SOON), details::toString);
            assertEquals(2, connects.size());
            for (String head : connects) {
                assertTrue(head.startsWith("CONNECT tunnel.invalid:443 HTTP/1.1\r\n"), head);
                assertEquals(head, drop(head, "Proxy-Authorization"));
            }
        }
    }

    private static ScriptedPeer relay(Queue<String> connects, int port) throws Exception {
        return new ScriptedPeer(c -> {
            connects.add(c.head());
            try (var to = new Socket(InetAddress.getLoopbackAddress(), port)) {
                c.write("HTTP/1.1 200 Connection established\r\n\r\n");
                Thread back =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        to.getInputStream()
                                                .transferTo(c.socket().getOutputStream());
                                        c.socket().close();
                                    } catch (IOException ignored) {
                                        // One of both has gone.
                                    }
                                });
                c.socket().getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
                back.join();
            }
        });
    }

    @Test
    void overTlsWithAPrivateAuthority() throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        try (RawTunnel server =
                new RawTunnel(
                        certificate.context().getServerSocketFactory(),
                        RawTunnel.registers("one"),
                        HopsTest::stays)) {
            String url = "https://localhost:" + server.port();
            try (TunnelAgent agent =
                    builder(url, Map.of()).serverAuthorities(certificate.pem()).start()) {
                assertTrue(agent.awaitConnected(SOON), details::toString);
            }
            // Registered by now: the handshake alone has to notice a stranger.
            assertTrue(failure(builder(url, Map.of())).contains("TLS with the server localhost"));
        }
    }

    @Test
    void aCertificateOfAnotherNameIsRefused() throws Exception {
        SelfSigned certificate = new SelfSigned(directory, "dns:other.example");
        try (RawTunnel server =
                new RawTunnel(
                        certificate.context().getServerSocketFactory(),
                        RawTunnel.registers("one"),
                        HopsTest::stays)) {
            String url = "https://localhost:" + server.port();
            String register = failure(builder(url, Map.of()).serverAuthorities(certificate.pem()));
            assertTrue(register.contains("cannot register: TLS with the server"), register);
            assertEquals(0, server.registrations());
            String dial =
                    failure(
                            builder(url, Map.of())
                                    .serverAuthorities(certificate.pem())
                                    .credentials("a", "b"));
            assertTrue(dial.contains("TLS with the server"), dial);
            assertEquals(0, server.dials());
        }
    }

    /** What the agent says when its first attempt has failed. */
    private String failure(TunnelAgentBuilder builder) throws Exception {
        details.clear();
        TestPace pace = new TestPace(1);
        try (TunnelAgent agent = builder.pace(pace).start()) {
            pace.awaitSpent();
            assertEquals(AgentState.WAITING, agent.state());
            return details.stream().filter(each -> !each.isEmpty()).findFirst().orElse("");
        }
    }

    @Test
    void theHopThatFailedIsNamed() throws Exception {
        try (ScriptedPeer refusing =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
                        });
                ScriptedPeer closing = new ScriptedPeer(ScriptedPeer.Connection::head)) {
            var refused =
                    builder(
                                    "http://tunnel.invalid",
                                    Map.of(
                                            "HTTP_PROXY",
                                            "http://u:S3CR3T@127.0.0.1:" + refusing.port()))
                            .credentials("a", "b");
            String text = failure(refused);
            assertTrue(text.contains("the proxy 127.0.0.1:" + refusing.port()), text);
            assertTrue(text.contains("407"), text);
            assertFalse(text.contains("S3CR3T"), text);
            var cut =
                    builder(
                                    "http://tunnel.invalid",
                                    Map.of("HTTP_PROXY", "http://127.0.0.1:" + closing.port()))
                            .credentials("a", "b");
            assertTrue(failure(cut).contains("closed the connection"));
            String unknown =
                    failure(builder("http://tunnel.invalid", Map.of()).credentials("a", "b"));
            assertTrue(unknown.contains("cannot resolve the name of the server"), unknown);
            String nobody = failure(builder("http://127.0.0.1:9", Map.of()).credentials("a", "b"));
            assertTrue(nobody.contains("cannot connect to the server 127.0.0.1:9"), nobody);
        }
    }

    @Test
    void noSecretInWhatIsSaid() throws Exception {
        try (RawTunnel server =
                new RawTunnel(
                        RawTunnel.registers("one"),
                        (attempt, request) -> request.answer(500, "oops"))) {
            String text =
                    failure(
                            builder("http://127.0.0.1:" + server.port(), Map.of())
                                    .credentials("a", "S3CR3T"));
            assertTrue(text.contains("status 500: oops"), text);
            assertFalse(text.contains("S3CR3T"), text);
        }
    }
}
