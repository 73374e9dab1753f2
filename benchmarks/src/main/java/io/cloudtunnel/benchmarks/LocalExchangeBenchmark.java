package io.cloudtunnel.benchmarks;

import io.cloudtunnel.agent.local.HostRule;
import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.benchmarks.load.LocalService;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Patrol;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A GET to a small local server in the same process: ours, Helidon's WebClient, java.net.http. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LocalExchangeBenchmark {

    private final ExchangeException over = new ExchangeException(ErrorCode.CANCELLED, "complete");

    /** The size of the answer's body in bytes. */
    @Param({"100", "16777216"})
    public int bodyBytes;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final HttpClient jdk =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final byte[] buffer = new byte[64 * 1024];
    private URI url = URI.create("http://127.0.0.1/");
    private WebClient helidon = WebClient.create();
    private io.cloudtunnel.agent.local.LocalService ours = ours(80);

    private io.cloudtunnel.agent.local.LocalService ours(int port) {
        return new io.cloudtunnel.agent.local.LocalService(
                LocalAddress.parse(Integer.toString(port)),
                HostRule.LOCAL,
                Trust.platform(),
                Limits.DEFAULT,
                new Patrol(timer));
    }

    /** Starts the server. */
    @Setup
    public void setUp() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Thread server = new Thread(() -> serve(port));
        server.setDaemon(true);
        server.start();
        url = URI.create("http://127.0.0.1:" + port + "/bytes/" + bodyBytes);
        helidon = WebClient.builder().baseUri("http://127.0.0.1:" + port).build();
        ours = ours(port);
        for (int i = 0; !answers() && i < 100; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void serve(int port) {
        try {
            LocalService.main(new String[] {Integer.toString(port)});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            javaNetHttp();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends what was started here; the server is a daemon. */
    @TearDown
    public void tearDown() {
        ours.close();
        timer.shutdownNow();
    }

    /** Ours. */
    @Benchmark
    public long ours() throws ExchangeException, InterruptedException {
        Exchange exchange =
                ours.open(RequestHead.of("GET", url.getRawPath(), Fields.of("Host", "x")), 0);
        try {
            exchange.endRequest(Fields.EMPTY);
            exchange.receiveHead();
            long sum = 0;
            for (Bytes piece = exchange.receive(); piece != null; piece = exchange.receive()) {
                sum += piece.length();
            }
            return sum;
        } finally {
            exchange.cancel(over);
        }
    }

    /** Helidon's. */
    @Benchmark
    public long helidonWebClient() throws IOException {
        try (HttpClientResponse response = helidon.get(url.getRawPath()).request()) {
            return drain(response.inputStream());
        }
    }

    /** The JDK's. */
    @Benchmark
    public long javaNetHttp() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url).build();
        try (InputStream in = jdk.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            return drain(in);
        }
    }

    private long drain(InputStream in) throws IOException {
        long sum = 0;
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
            sum += count;
        }
        return sum;
    }
}
