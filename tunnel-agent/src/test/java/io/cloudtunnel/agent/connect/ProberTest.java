package io.cloudtunnel.agent.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer to a probe says, and how long one is waited for. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProberTest {

    private static final Credentials WITH =
            new Credentials("i", "s", null, List.of(Credentials.BINARY));

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private static Optional<Presence> understood(String... lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            String[] parts = line.split(": ?", 2);
            fields.add(parts[0], parts[1]);
        }
        return Prober.understand(fields.build());
    }

    @Test
    void aGoodAnswer() {
        assertEquals(
                Optional.of(new Presence("a-B_9", 17, 3)),
                understood(
                        "cloudtunnel-instance: a-B_9",
                        "Cloudtunnel-Started: 17",
                        "Cloudtunnel-Links: 3"));
    }

    /** Each replaces the field of this name in a good answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cloudtunnel-Instance: ",
                "Cloudtunnel-Instance: a b",
                "Cloudtunnel-Instance: ä",
                "Cloudtunnel-Instance: "
                        + "12345678901234567890123456789012345678901234567890123456789012345",
                "Cloudtunnel-Started: ",
                "Cloudtunnel-Started: 0",
                "Cloudtunnel-Started: -1",
                "Cloudtunnel-Started: 1.5",
                "Cloudtunnel-Started: yesterday",
                "Cloudtunnel-Started: 9999999999999999999",
                "Cloudtunnel-Links: ",
                "Cloudtunnel-Links: -1",
                "Cloudtunnel-Links: none",
                "Cloudtunnel-Links: 0x0",
                "Cloudtunnel-Links: 0, 0",
                "Cloudtunnel-Links: 10000000000",
                "Cloudtunnel-Links: \u0660",
                "Instance: a",
                "Started: 17",
                "Links: 0",
            })
    void aBadAnswerSaysNothing(String bad) {
        String name = bad.substring(0, bad.indexOf(':'));
        List<String> lines = new ArrayList<>();
        lines.add(bad);
        Map.of("Instance", "a", "Started", "17", "Links", "0")
                .forEach((last, value) -> {
                    if (!name.endsWith(last)) {
                        lines.add("Cloudtunnel-" + last + ": " + value);
                    }
                });
        assertEquals(Optional.empty(), understood(lines.toArray(String[]::new)));
    }

    // ---- Over the network.

    private Optional<Presence> probe(String publicUrl) throws IOException {
        return new RemoteServer(
                        ServerAddress.of(URI.create(publicUrl)),
                        Trust.platform(),
                        new Proxies(Map.of()),
                        null,
                        "",
                        "test",
                        Mode.AUTO,
                        Signing.OFF,
                        Passes.NONE,
                        Limits.DEFAULT,
                        new MemoryBudget(1 << 20),
                        timer)
                .probe(WITH, publicUrl);
    }

    private static final String FIELDS =
            "Cloudtunnel-Instance: a\r\nCloudtunnel-Started: 17\r\nCloudtunnel-Links: 0\r\n";

    @Test
    void onlyA204Counts() throws Exception {
        for (String start :
                List.of("200 OK", "302 Found\r\nLocation: /", "401 No", "502 Bad Gateway")) {
            assertEquals(Optional.empty(), answered("HTTP/1.1 " + start + "\r\n" + FIELDS));
        }
        assertEquals(
                Optional.of(new Presence("a", 17, 0)),
                answered("HTTP/1.1 204 No Content\r\n" + FIELDS));
    }

    private Optional<Presence> answered(String head) throws Exception {
        try (ScriptedPeer peer =
                new ScriptedPeer(c -> {
                    c.head();
                    c.write(head + "Connection: close\r\n\r\n");
                })) {
            return probe(peer.url() + "/pub/i");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no HTTP at all\r\n\r\n", "HTTP/1.1 204 No", ""})
    void whatIsNoAnswerIsAFailure(String answer) throws Exception {
        try (ScriptedPeer peer =
                new ScriptedPeer(c -> {
                    c.head();
                    c.write(answer);
                })) {
            assertThrows(IOException.class, () -> probe(peer.url() + "/pub/i"));
        }
    }

    private void assertTooLate(String publicUrl) {
        long began = System.nanoTime();
        assertThrows(IOException.class, () -> probe(publicUrl));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(Duration.ofSeconds(2)) > 0, took::toString);
        assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
    }

    @Test
    void anAnswerThatDoesNotComeIsNotAwaitedForLong() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedPeer peer = new ScriptedPeer(c -> c.hold(never))) {
            assertTooLate(peer.url() + "/pub/i");
            assertTooLate(peer.url().replace("http:", "https:") + "/pub/i"); // TLS
            never.countDown();
        }
    }

    /** With a full queue of connections that nobody accepts, Linux leaves further ones waiting. */
    @Test
    void norIsTheConnection() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket busy = new ServerSocket(0, 1, loopback)) {
            var address = new InetSocketAddress(loopback, busy.getLocalPort());
            boolean full = false;
            while (!full) {
                Socket socket = new Socket();
                queue.add(socket);
                try {
                    socket.connect(address, 200);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
            assertTooLate("http://127.0.0.1:" + busy.getLocalPort() + "/pub/i");
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }
}
