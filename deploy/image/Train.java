import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The training run of train.sh: a server, an agent and a local service, with some requests. */
public final class Train {

    private static final int REQUESTS = 200;
    private static final int BODY = 200_000;
    private static final long PATIENCE_SECONDS = 120; // writing the cache takes a while

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]).toAbsolutePath();
        String trained = args[1];
        Path other = Path.of(args[2]).toAbsolutePath();
        List<String> training =
                List.of(
                        home.resolve("runtime/bin/java").toString(),
                        // JDK 25 warns at each start of stubs in the cache that fit no more.
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-AOTAdapterCaching",
                        "-XX:AOTCacheOutput=" + home.resolve(trained + ".aot"),
                        "-jar",
                        home.resolve(trained + ".jar").toString());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> plain = List.of(java, "-jar", other.toString());
        boolean server = trained.equals("tunnel-server");
        Path credentials = Files.createTempDirectory("train");
        HttpServer local = service();
        try (Run first =
                        new Run(server ? training : plain, Map.of("PORT", "0"), "listening on port (\\d+)");
                Run second = agent(server ? plain : training, first, local, credentials)) {
            requests(first.told(), second.told());
            second.end();
            first.end();
            if (!Files.isRegularFile(home.resolve(trained + ".aot"))) {
                throw new IOException(first.output() + "\n" + second.output());
            }
        } finally {
            local.stop(0);
            Files.deleteIfExists(credentials.resolve("c.json"));
            Files.deleteIfExists(credentials.resolve("c.json.lock"));
            Files.deleteIfExists(credentials);
        }
    }

    private static Run agent(List<String> command, Run server, HttpServer local, Path credentials)
            throws Exception {
        return new Run(
                command,
                Map.of(
                        "TUNNEL_SERVER", "http://localhost:" + server.told(),
                        "TUNNEL_LOCAL", Integer.toString(local.getAddress().getPort()),
                        "TUNNEL_CREDENTIALS", credentials.resolve("c.json").toString()),
                "^(http://localhost\\S*)$");
    }

    /** Answers with as much as it got. */
    private static HttpServer service() throws IOException {
        HttpServer service =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().add("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : 0);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        service.start();
        return service;
    }

    private static void requests(String port, String url) throws Exception {
        String base = "http://localhost:" + port;
        for (String path : List.of("/health/live", "/health/ready")) {
            send(base + path, 0);
        }
        for (int i = 0; i < REQUESTS; i++) {
            send(url + "/page?" + i, i % 10 == 0 ? BODY : 0);
        }
    }

    private static void send(String url, int body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        if (body > 0) {
            request.POST(BodyPublishers.ofByteArray(new byte[body]));
        }
        var answer = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200 || body > 0 && answer.body().length != body) {
            throw new IOException(url + ": " + answer.statusCode());
        }
    }

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A program that says once where it is. */
    private static final class Run implements AutoCloseable {

        private final Process process;
        private final CompletableFuture<String> told = new CompletableFuture<>();
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        Run(List<String> command, Map<String, String> environment, String line) throws IOException {
            ProcessBuilder builder =
                    new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().putAll(environment);
            process = builder.start();
            Pattern wanted = Pattern.compile(line);
            Thread.ofPlatform().daemon().start(() -> collect(wanted));
        }

        private void collect(Pattern wanted) {
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream()))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    Matcher matcher = wanted.matcher(line);
                    if (matcher.find()) {
                        told.complete(matcher.group(1));
                    }
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add(e.toString());
            }
            told.completeExceptionally(new IOException(output()));
        }

        String told() throws Exception {
            return told.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        /** SIGTERM; the cache is written before the program is gone. */
        void end() throws Exception {
            process.toHandle().destroy(); // process.destroy() would close its output, which it needs
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it does not end:\n" + output());
            }
        }

        String output() {
            List<String> all = List.copyOf(lines);
            return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
