package io.cloudtunnel.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Many agents that are connected and idle: what each of them costs the server in resident memory,
 * what all of them ask of the directory, and how long it takes until all are back after their
 * server was killed. What it takes from system properties stands in docs/scaling.md.
 */
public final class IdleMain {

    private static final int WARM_UP = 200; // so that what is loaded once is not counted
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COMMANDS = "total_commands_processed:";

    private final int agents = Integer.getInteger("idle.agents", 9_500);
    private final int links = Integer.getInteger("idle.links", 2);
    private final int seconds = Integer.getInteger("idle.seconds", 300);
    private final @Nullable String jar = System.getProperty("load.server");
    private final MemoryBudget budget = new MemoryBudget(1L << 30);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final AtomicInteger open = new AtomicInteger();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Path folder = Files.createTempDirectory("idle");
    private final int port = Programs.freePort();
    private final int redisPort = Programs.freePort();

    private IdleMain() throws IOException {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        new IdleMain().run();
        System.exit(0); // its links live on otherwise
    }

    private void run() throws Exception {
        try (Child redis = redis()) {
            measure(redis);
        }
    }

    private void measure(Child redis) throws Exception {
        try (Child server = server("first.log")) {
            awaitReady();
            connect(WARM_UP);
            TimeUnit.SECONDS.sleep(5);
            double before = server.residentMib();
            long began = System.nanoTime();
            connect(agents - WARM_UP);
            double opening = since(began);
            long commands = commands();
            double redisCpu = redis.cpuSeconds();
            double serverCpu = server.cpuSeconds();
            TimeUnit.SECONDS.sleep(seconds);
            double after = server.residentMib();
            System.out.printf(
                    "%d agents with %d links each, opened in %.0f s; %d s later %d links are open%n"
                            + "RSS of the server: %.0f MiB with %d agents, %.0f with all: %.1f KiB"
                            + " for each%n"
                            + "meanwhile: directory %.1f commands/s, Redis %.1f %% of a processor,"
                            + " server %.1f %%%n",
                    agents,
                    links,
                    opening,
                    seconds,
                    open.get(),
                    before,
                    WARM_UP,
                    after,
                    (after - before) * 1024 / (agents - WARM_UP),
                    (commands() - commands) / (double) seconds,
                    (redis.cpuSeconds() - redisCpu) * 100 / seconds,
                    (server.cpuSeconds() - serverCpu) * 100 / seconds);
            server.kill();
        }
        back();
    }

    private void back() throws Exception {
        long killed = System.nanoTime();
        try (Child second = server("second.log")) {
            awaitReady();
            double ready = since(killed);
            long began = System.nanoTime();
            double most = 0;
            while (open.get() < agents * links) {
                TimeUnit.MILLISECONDS.sleep(20);
                if (most == 0 && open.get() >= agents * links * 0.99) {
                    most = since(began);
                }
            }
            System.out.printf(
                    "SIGKILL: the next process was ready after %.1f s; 99 %% of the links were back"
                            + " %.1f s after that, all %.1f s; it took %.1f s of CPU%n",
                    ready, most, since(began), second.cpuSeconds());
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private Child redis() throws IOException {
        Path program = Objects.requireNonNull(Programs.find("redis-server"), "no redis-server");
        return Child.start(
                folder.resolve("redis.log"),
                List.of(
                        program.toString(),
                        "--port",
                        Integer.toString(redisPort),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        ""));
    }

    private Child server(String log) throws IOException {
        List<String> command =
                Programs.java(
                        System.getProperty("load.jvm", ""),
                        "-jar",
                        Objects.requireNonNull(jar, "-Dload.server=FILE.jar"));
        return Child.start(
                folder.resolve(log),
                command,
                "PORT",
                Integer.toString(port),
                "REGISTRATION",
                "open",
                "LIMIT_REGISTRATIONS",
                "off",
                "TUNNEL_KEY",
                "fedcba9876543210fedcba9876543210",
                "REDIS_URL",
                "redis://127.0.0.1:" + redisPort,
                "MAX_LINKS",
                Integer.toString(agents * links + 100));
    }

    private void awaitReady() throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            try (Client probe = new Client(port, "/health/ready?")) {
                probe.small();
                return;
            } catch (IOException | UncheckedIOException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new IllegalStateException("the server is not ready");
    }

    /** Connects more agents, and waits until all of their links are open. */
    private void connect(int more) throws IOException, InterruptedException {
        int target = open.get() + more * links;
        for (int i = 0; i < more; i++) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/register"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            JsonNode pair =
                    JSON.readTree(
                            client.send(request, HttpResponse.BodyHandlers.ofString()).body());
            String id = pair.path("id").asText();
            String secret = pair.path("secret").asText();
            for (int j = 0; j < links; j++) {
                Thread.ofVirtual().start(new IdleAgent(port, id, secret, budget, timer, open));
            }
        }
        while (open.get() < target) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private long commands() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
            socket.getOutputStream().write("INFO stats\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(COMMANDS)) {
                    return Long.parseLong(line.substring(COMMANDS.length()));
                }
            }
        }
        throw new IOException("INFO says nothing of commands");
    }
}
