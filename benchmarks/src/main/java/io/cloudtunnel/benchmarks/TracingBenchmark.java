package io.cloudtunnel.benchmarks;

import com.sun.net.httpserver.HttpServer;
import io.cloudtunnel.observe.Traces;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Tracing;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.observe.RequestLog;
import io.cloudtunnel.server.observe.RequestLogs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
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

/** What a server knows of one request, from its beginning to its end, but for the log's line. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TracingBenchmark {

    private static final Logger LINES = Logger.getLogger("io.cloudtunnel.server.requests");
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

    /** Without tracing; with it, where the client says that nobody records this; recorded. */
    @Param({"off", "unsampled", "on"})
    public String way = "off";

    private Fields fields = Fields.EMPTY;
    private @Nullable HttpServer receiver;
    private @Nullable Traces traces;
    private RequestLogs logs = new RequestLogs(Observation.DEFAULT, Observer.NONE, null);

    /** Starts a receiver that takes all, and throws it away. */
    @Setup
    public void setUp() throws IOException {
        LINES.setLevel(Level.OFF);
        fields =
                Fields.of(
                        "Host", "localhost",
                        "User-Agent", "benchmark",
                        "Accept", "*/*",
                        "traceparent", TRACE + (way.equals("unsampled") ? "00" : "01"));
        if (!way.equals("off")) {
            HttpServer taking =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            taking.createContext(
                    "/",
                    exchange -> {
                        exchange.getRequestBody().readAllBytes();
                        exchange.sendResponseHeaders(200, -1);
                        exchange.close();
                    });
            taking.start();
            receiver = taking;
            String where = "http://127.0.0.1:" + taking.getAddress().getPort();
            traces = Traces.start(Tracing.to(where), "benchmark");
            logs = new RequestLogs(Observation.DEFAULT, Observer.NONE, traces);
        }
    }

    /** Stops it. */
    @TearDown
    public void tearDown() {
        if (traces != null) {
            traces.close();
        }
        if (receiver != null) {
            receiver.stop(0);
        }
    }

    /** A request with a response. */
    @Benchmark
    public Fields request() {
        RequestHead head = new RequestHead("GET", "/pub/abcdefghijklmnop/small", null, fields);
        RequestLog log =
                logs.begin(
                        "0123456789abcdef",
                        new RequestLogs.Asked(head, "127.0.0.1", "localhost", false, "HTTP/1.1"));
        log.tunnel("abcdefghijklmnop");
        Fields sent = log.traced(fields);
        log.linked();
        log.answered();
        log.status(200);
        log.written(13);
        log.carriedBy("agent", false);
        log.write();
        return sent;
    }
}
