package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.tls.Authorities;
import io.cloudtunnel.protocol.ws.WsHandshake;
import io.cloudtunnel.server.relay.servers.Authority;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs, with TLS that the server ends itself. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsIT {

    /** More than the largest window; TLS costs much without the compiler that ITs leave out. */
    private static final long SIZE = Boolean.getBoolean("tests.long") ? 50_000_000 : 12_000_000;

    @TempDir static Path folder;

    private static Authority authority;
    private static Path chain;
    private static Path key;
    private static SSLContext trusting;
    private static RawService local;
    private static Programs server;
    private static Programs agent;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        authority = new Authority(folder, "authority");
        Authority.Issued issued = authority.issue("first");
        chain = Files.copy(issued.chain(), folder.resolve("chain"));
        key = Files.copy(issued.key(), folder.resolve("key"));
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {Authorities.read(authority.pem())}, null);
        local = new RawService(TlsIT::answer);
        server =
                Programs.start(
                        folder,
                        "tunnel-server",
                        Map.of(
                                "TLS_CERT", chain.toString(),
                                "TLS_KEY", key.toString(),
                                "HTTP2", "true"),
                        "--port",
                        "0");
        agent =
                Programs.start(
                        folder,
                        "tunnel-agent",
                        Map.of(),
                        "--server",
                        "https://localhost:" + server.port(),
                        "--server-ca",
                        authority.pem().toString(),
                        "--local",
                        Integer.toString(local.port()));
        url = agent.await("URL", line -> line.startsWith("https://localhost"));
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        server.close();
        local.close();
    }

    private static void answer(RawService.Call call) throws Exception {
        switch (call.head().target()) {
            case "/proto" -> call.answer(200, call.head().first("X-Forwarded-Proto"));
            case "/socket" -> socket(call);
            case "/raw" -> raw(call);
            default -> new Bodies().handle(call);
        }
    }

    private static void switchTo(RawService.Call call, String protocol, String more)
            throws Exception {
        call.wire()
                .send(
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                                + protocol
                                + more
                                + "\r\n\r\n");
    }

    /** A WebSocket that sends one short text back. */
    private static void socket(RawService.Call call) throws Exception {
        String asked = call.head().first("Sec-WebSocket-Key");
        switchTo(call, "websocket", "\r\nSec-WebSocket-Accept: " + WsHandshake.acceptKey(asked));
        InputStream in = call.wire().body(call.head(), true);
        byte[] frame = in.readNBytes(6);
        byte[] text = in.readNBytes(frame[1] & 0x7f);
        for (int i = 0; i < text.length; i++) {
            text[i] ^= frame[2 + i % 4];
        }
        call.wire().send(new byte[] {(byte) 0x81, (byte) text.length}).send(text);
        in.readNBytes(1);
    }

    /** Tells how many bytes came, once there are no more. */
    private static void raw(RawService.Call call) throws Exception {
        switchTo(call, "count", "");
        int count = call.wire().body(call.head(), true).readAllBytes().length;
        call.wire().send(count + " bytes").close();
    }

    private static SSLSocket connect() throws Exception {
        SSLSocket socket =
                (SSLSocket) trusting.getSocketFactory().createSocket("localhost", server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .sslContext(trusting)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    @Test
    void bodiesOfAnySizeWithCurl() throws Exception {
        String curl = Installed.need("curl");
        Path file = folder.resolve("body");
        try (var out = Files.newOutputStream(file)) {
            Content.write(SIZE, (bytes, count) -> out.write(bytes, 0, count));
        }
        for (String version : List.of("--http1.1", "--http2")) {
            Path down = folder.resolve("down");
            String got =
                    Programs.run(
                            folder,
                            List.of(
                                    curl,
                                    "-sS",
                                    version,
                                    "--cacert",
                                    authority.pem().toString(),
                                    "-o",
                                    down.toString(),
                                    "-w",
                                    "%{http_version}",
                                    url + "/down/length/" + SIZE),
                            Map.of());
            assertEquals(version.equals("--http2") ? "2" : "1.1", got);
            try (InputStream in = Files.newInputStream(down)) {
                assertEquals(Content.of(SIZE), Content.read(in));
            }
            String sent =
                    Programs.run(
                            folder,
                            List.of(
                                    curl,
                                    "-sSi",
                                    version,
                                    "--cacert",
                                    authority.pem().toString(),
                                    "-T",
                                    file.toString(),
                                    url + "/sink"),
                            Map.of());
            assertTrue(sent.contains(SIZE + " " + Content.of(SIZE).hash()), sent);
        }
    }

    @Test
    void theLocalServiceAndHealthLearnOfIt() throws Exception {
        try (HttpClient client = client()) {
            for (String each : List.of(url + "/proto", url.replaceAll("/pub.*", "/health/live"))) {
                HttpResponse<String> answer =
                        client.send(
                                HttpRequest.newBuilder(URI.create(each)).build(),
                                HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                assertTrue(
                        answer.body().equals("https") || answer.body().contains("UP"),
                        answer.body());
            }
        }
    }

    @Test
    void aWebSocket() throws Exception {
        BlockingQueue<String> texts = new LinkedBlockingQueue<>(10);
        try (HttpClient client = client()) {
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create(url.replace("https://", "wss://") + "/socket"),
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket from, CharSequence data, boolean last) {
                                            texts.add(data.toString());
                                            return null;
                                        }
                                    })
                            .get(20, TimeUnit.SECONDS);
            socket.sendText("a word", true).get(10, TimeUnit.SECONDS);
            assertEquals("a word", texts.poll(20, TimeUnit.SECONDS));
            socket.abort();
        }
    }

    /** With TLS 1.3: TLS 1.2 has no such thing. */
    @Test
    void eachDirectionEndsOnItsOwn() throws Exception {
        try (Wire client = new Wire(connect())) {
            client.head(
                    "GET " + url.replaceAll(".*/pub", "/pub") + "/raw HTTP/1.1",
                    "Host: localhost",
                    "Connection: Upgrade",
                    "Upgrade: count");
            Wire.Head answer = client.readAnswer();
            assertEquals(101, answer.status());
            client.send("some bytes");
            client.socket().shutdownOutput();
            assertEquals(
                    "10 bytes",
                    new String(client.body(answer, true).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void noOlderProtocol() throws Exception {
        try (SSLSocket socket = connect()) {
            socket.startHandshake();
            assertEquals("TLSv1.3", socket.getSession().getProtocol());
        }
        String curl = Installed.need("curl");
        for (String max : List.of("1.1", "1.2")) {
            try (Programs client =
                    Programs.start(
                            folder,
                            List.of(
                                    curl,
                                    "-sS",
                                    "--tls-max",
                                    max,
                                    "--ciphers",
                                    "DEFAULT@SECLEVEL=0",
                                    "--cacert",
                                    authority.pem().toString(),
                                    url + "/proto"),
                            Map.of())) {
                assertEquals(max.equals("1.2"), client.awaitExit() == 0, client::output);
            }
        }
    }

    private static String shown() {
        try (SSLSocket socket = connect()) {
            socket.startHandshake();
            X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return own.getSubjectX500Principal().getName();
        } catch (Exception e) {
            return e.toString();
        }
    }

    @Test
    void aCertificateIsRenewedWithoutARestart() throws Exception {
        assertEquals("CN=first", shown());
        Authority.Issued next = authority.issue("second");
        Files.copy(next.chain(), chain, StandardCopyOption.REPLACE_EXISTING);
        Waiting.until(
                10,
                () -> "a word about it: " + server.output(),
                () -> {
                    String meanwhile = shown(); // the key is that of the other one
                    assertEquals("CN=first", meanwhile);
                    return server.output().contains("is not that of the first certificate");
                });
        Files.copy(next.key(), key, StandardCopyOption.REPLACE_EXISTING);
        trusting.getClientSessionContext().setSessionTimeout(1); // or sessions are resumed
        Waiting.until(10, "the other one", () -> shown().equals("CN=second"));
        assertFalse(agent.output().contains("link ended"), agent::output);
        Files.copy(folder.resolve("first-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(folder.resolve("first-chain.pem"), chain, StandardCopyOption.REPLACE_EXISTING);
        Waiting.until(10, "and back", () -> shown().equals("CN=first"));
    }
}
