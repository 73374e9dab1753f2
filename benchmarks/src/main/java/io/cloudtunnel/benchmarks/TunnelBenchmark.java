package io.cloudtunnel.benchmarks;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.server.TunnelServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Large bodies through server and agent over real sockets, in one JVM with the local service and
 * the client, and the same without the tunnel. The client is that of the JDK, which costs as much
 * as all the rest: what the tunnel costs is the difference.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TunnelBenchmark {

    private static final int BODY = 64 * 1024 * 1024;

    /** Whether requests go through the tunnel. */
    @Param({"true", "false"})
    public boolean tunnel;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final byte[] sink = new byte[128 * 1024];
    private TunnelServer server = TunnelServer.builder().build();
    private @Nullable TunnelAgent agent;
    private Path folder = Path.of(".");
    private String base = "";

    /** Starts all of it. */
    @Setup
    public void setUp() throws Exception {
        int local;
        try (ServerSocket free = new ServerSocket(0)) {
            local = free.getLocalPort();
        }
        Thread service = new Thread(() -> serve(local));
        service.setDaemon(true);
        service.start();
        base = "http://127.0.0.1:" + local;
        if (!tunnel) {
            return;
        }
        folder = Files.createTempDirectory("tunnel");
        server = TunnelServer.builder().port(0).start();
        TunnelAgent started =
                TunnelAgent.builder()
                        .server("http://127.0.0.1:" + server.port())
                        .local(Integer.toString(local))
                        .credentialsFile(folder.resolve("credentials.json"))
                        .start();
        agent = started;
        boolean connected = started.awaitConnected(Duration.ofSeconds(20));
        base = Objects.requireNonNull(connected ? started.publicUrl() : null, "not connected");
    }

    private static void serve(int port) {
        try {
            io.cloudtunnel.benchmarks.load.LocalService.main(new String[] {Integer.toString(port)});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops what was started. */
    @TearDown
    public void tearDown() throws IOException {
        if (agent != null) {
            agent.close();
            server.close();
            Files.delete(folder.resolve("credentials.json"));
            Files.delete(folder);
        }
    }

    /** 64 MiB from the local service. */
    @Benchmark
    public void download() throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                client.send(request("/bytes/" + BODY).build(), BodyHandlers.ofInputStream());
        long received = 0;
        try (InputStream body = answer.body()) {
            for (int count = body.read(sink); count >= 0; count = body.read(sink)) {
                received += count;
            }
        }
        check(answer.statusCode(), received);
    }

    /** 64 MiB to the local service. */
    @Benchmark
    public void upload() throws IOException, InterruptedException {
        HttpRequest put = request("/sink").PUT(BodyPublishers.ofByteArray(new byte[BODY])).build();
        check(client.send(put, BodyHandlers.discarding()).statusCode(), BODY);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    private static void check(int status, long bytes) {
        if (status != 200 || bytes != BODY) {
            throw new IllegalStateException(status + ", " + bytes + " bytes");
        }
    }
}
