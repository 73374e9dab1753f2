package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.relay.servers.Certificate;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server behind nginx and behind Caddy, as docs/self-hosted.md says. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxiesIT {

    private static final int UPLOAD = 20 * 1024 * 1024;

    @TempDir Path folder;

    private final BlockingQueue<Wire.Head> seen = new LinkedBlockingQueue<>();
    private final CountDownLatch read = new CountDownLatch(1);
    private Certificate certificate;

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "caddy"})
    void agentAndPublicComeThroughIt(String name) throws Exception {
        try (RawService local = new RawService(this::serve);
                Certificate trusted = Certificate.trusted(folder);
                TunnelServer server =
                        TunnelServer.builder()
                                .host("127.0.0.1")
                                .port(0)
                                .trustedHops(1)
                                .openRegistration()
                                .start();
                Proxy proxy =
                        name.equals("nginx")
                                ? Proxy.nginx(folder, trusted, server.port())
                                : Proxy.caddy(folder, trusted, server.port());
                TunnelAgent agent = agent(proxy, trusted, local)) {
            certificate = trusted;
            String url = agent.publicUrl();
            assertTrue(url.startsWith("https://localhost:" + proxy.port() + "/pub/"), url);
            assertEquals("page", curl("-H", "X-Forwarded-For: 6.6.6.6", url + "/page"));
            clientIsTold(proxy, seen.poll(10, TimeUnit.SECONDS));
            aStreamIsNotHeldBack(url + "/stream");
            anUpload(url + "/sink");
        }
    }

    private TunnelAgent agent(Proxy proxy, Certificate trusted, RawService local) throws Exception {
        TunnelAgent agent =
                TunnelAgent.builder()
                        .server("https://localhost:" + proxy.port())
                        .serverAuthorities(trusted.chain())
                        .local("http://127.0.0.1:" + local.port())
                        .credentialsFile(folder.resolve("credentials.json"))
                        .start();
        if (!agent.awaitConnected(Tunnel.PATIENCE)) {
            throw new AssertionError("the agent does not connect:\n" + proxy.program().output());
        }
        return agent;
    }

    private void serve(RawService.Call call) throws Exception {
        switch (call.head().target()) {
            case "/stream" -> {
                call.wire()
                        .head(
                                "HTTP/1.1 200 OK",
                                "Content-Type: text/plain",
                                "Transfer-Encoding: chunked");
                call.wire().send("6\r\nfirst\n\r\n");
                read.await(); // the second piece only once the client has the first one
                call.wire().send("7\r\nsecond\n\r\n0\r\n\r\n");
            }
            case "/sink" -> {
                Content.Seen content = Content.read(call.body());
                call.answer(200, content.length() + " " + content.hash());
            }
            default -> {
                seen.add(call.head());
                call.answer(200, "page");
            }
        }
    }

    private static void clientIsTold(Proxy proxy, Wire.Head head) {
        assertEquals("127.0.0.1, 127.0.0.1", head.first("X-Forwarded-For")); // client and proxy
        assertEquals("https", head.first("X-Forwarded-Proto"));
        assertEquals("localhost:" + proxy.port(), head.first("X-Forwarded-Host"));
    }

    private void aStreamIsNotHeldBack(String url) throws Exception {
        try (Programs client = Programs.start(folder, command("-N", url), Map.of())) {
            client.await("first piece", line -> line.equals("first"));
            read.countDown();
            client.await("second piece", line -> line.equals("second"));
            assertEquals(0, client.awaitExit());
        } finally {
            read.countDown();
        }
    }

    private void anUpload(String url) throws Exception {
        Path file = folder.resolve("upload");
        try (OutputStream out = Files.newOutputStream(file)) {
            Content.write(UPLOAD, (bytes, count) -> out.write(bytes, 0, count));
        }
        assertEquals(UPLOAD + " " + Content.of(UPLOAD).hash(), curl("-T", file.toString(), url));
    }

    private String curl(String... arguments) throws Exception {
        return Programs.run(folder, command(arguments), Map.of());
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Installed.need("curl"), "-sS"));
        command.addAll(List.of("--cacert", certificate.chain().toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
