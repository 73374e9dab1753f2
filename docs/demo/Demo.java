import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.program.Logs;
import io.cloudtunnel.server.TunnelServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Server, sample local service and agent in one program, and a request through them. */
public class Demo {

    public static void main(String[] args) throws Exception {
        Logs.setUp(Logs.Format.TEXT);
        HttpServer local = sampleService();
        TunnelServer server =
                TunnelServer.builder().host("127.0.0.1").port(freePort(8080)).start();
        Path credentials = Files.createTempDirectory("tunnel-demo").resolve("credentials.json");
        TunnelAgent agent =
                TunnelAgent.builder()
                        .server("http://localhost:" + server.port())
                        .local("http://127.0.0.1:" + local.getAddress().getPort())
                        .credentialsFile(credentials)
                        .start();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    agent.close();
                                    server.close();
                                    local.stop(0);
                                    System.out.println("Stopped.");
                                }));
        if (!agent.awaitConnected(Duration.ofSeconds(20))) {
            System.err.println("The agent did not connect: " + agent.failure());
            System.exit(1);
        }

        System.out.println();
        System.out.println("server         http://localhost:" + server.port());
        System.out.println("local service  http://127.0.0.1:" + local.getAddress().getPort());
        System.out.println("public URL     " + agent.publicUrl());
        show(agent.publicUrl() + "/hello?from=demo");
        System.out.println();
        System.out.println("Try it yourself:  curl " + agent.publicUrl() + "/");
        System.out.println("Ctrl-C stops everything.");
        Thread.currentThread().join();
    }

    private static void show(String url) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(url)).build(),
                                HttpResponse.BodyHandlers.ofString());
        System.out.println();
        System.out.println("GET " + url);
        System.out.println("-> " + response.statusCode());
        response.body().lines().forEach(line -> System.out.println("   " + line));
    }

    /** Says what it was asked. */
    private static HttpServer sampleService() throws IOException {
        HttpServer local =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort(3000)), 0);
        local.createContext("/", Demo::answer);
        local.start();
        return local;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String text =
                "Hello from the local service.\nYou asked for "
                        + exchange.getRequestMethod()
                        + " "
                        + exchange.getRequestURI()
                        + " through "
                        + exchange.getRequestHeaders().getFirst("X-Forwarded-Prefix")
                        + "\n";
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** The wanted port if it is free, else any. */
    private static int freePort(int wanted) throws IOException {
        try (var probe = new java.net.ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (BindException e) {
            try (var any = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return any.getLocalPort();
            }
        }
    }
}
