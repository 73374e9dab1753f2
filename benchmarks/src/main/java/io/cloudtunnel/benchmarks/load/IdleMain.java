package io.cloudtunnel.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.ws.Role;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many agents that are connected and idle: what each of them costs the server in resident memory.
 * What it takes from system properties stands in docs/scaling.md.
 */
public final class IdleMain {

    private static final int AT_A_TIME = 64;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int agents = Integer.getInteger("idle.agents", 10_000);
    private final int links = Integer.getInteger("idle.links", 2);
    private final int seconds = Integer.getInteger("idle.seconds", 300);
    private final MemoryBudget budget = new MemoryBudget(1L << 30);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Semaphore turns = new Semaphore(AT_A_TIME);
    private final AtomicInteger ended = new AtomicInteger();
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    private IdleMain() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        new IdleMain().run();
        System.exit(0); // its links live on otherwise
    }

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("idle");
        port = Programs.freePort();
        String options = System.getProperty("load.jvm", "");
        List<String> command = Programs.java(options, "-cp", System.getProperty("java.class.path"));
        command.add("io.cloudtunnel.server.Main");
        try (Child server =
                Child.start(
                        folder.resolve("server.log"),
                        command,
                        "PORT",
                        Integer.toString(port),
                        "REGISTRATION",
                        "open",
                        "MAX_LINKS",
                        Integer.toString(agents * links + 100))) {
            awaitListening();
            double before = connect(200, server); // so that what is loaded once is not counted
            long began = System.nanoTime();
            double after = connect(agents, server);
            System.out.printf(
                    "%d agents with %d links each, opened in %d s and idle for %d s; %d links"
                            + " ended%n",
                    agents,
                    links,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) - seconds,
                    seconds,
                    ended.get());
            System.out.printf(
                    "RSS of the server: %.0f MiB before, %.0f after: %.1f KiB for each agent%n",
                    before, after, (after - before) * 1024 / agents);
        }
    }

    private void awaitListening() throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            try (Client probe = new Client(port, "/health/live?")) {
                probe.small();
                return;
            } catch (IOException | UncheckedIOException e) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IllegalStateException("the server does not listen");
    }

    /** Connects more agents, lets them be idle, and says what the server then has resident. */
    private double connect(int more, Child server) throws InterruptedException, IOException {
        CountDownLatch open = new CountDownLatch(more * links);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < more; i++) {
                var unused = threads.submit(() -> agent(open));
            }
        }
        open.await();
        TimeUnit.SECONDS.sleep(more == agents ? seconds : 5);
        return server.residentMib();
    }

    private void agent(CountDownLatch open) {
        try {
            turns.acquire();
            try {
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/register"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build();
                JsonNode pair =
                        JSON.readTree(
                                client.send(request, HttpResponse.BodyHandlers.ofString()).body());
                for (int i = 0; i < links; i++) {
                    link(pair, open);
                }
            } finally {
                turns.release();
            }
        } catch (IOException e) {
            throw new IllegalStateException("an agent could not connect", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void link(JsonNode pair, CountDownLatch open) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        String head =
                "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Protocol: cloudtunnel.v1\r\nX-Tunnel-Id: "
                        + pair.path("id").asText()
                        + "\r\nAuthorization: Bearer "
                        + pair.path("secret").asText()
                        + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String answer = head(socket.getInputStream());
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("no link: " + answer);
        }
        Limits limits = Limits.DEFAULT;
        WsLink link =
                new WsLink(
                        socket.getInputStream(),
                        socket.getOutputStream(),
                        Role.CLIENT,
                        limits.jsonMessageBytes(),
                        budget,
                        socket,
                        limits,
                        timer);
        Thread.ofVirtual().start(() -> serve(link, limits));
        open.countDown();
    }

    /** Byte by byte, since frames may follow at once. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("in the middle of " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void serve(WsLink link, Limits limits) {
        try {
            new SessionResponder(
                            link,
                            (request, length) -> {
                                throw new ExchangeException(ErrorCode.LOCAL_UNREACHABLE, "idle");
                            },
                            Greeting.of("idle", limits),
                            limits,
                            budget,
                            (millis, reason) -> {})
                    .serve();
        } catch (IOException e) {
            // Counted below.
        }
        ended.incrementAndGet();
    }
}
