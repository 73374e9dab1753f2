package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.SessionUpstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

/**
 * What credit costs: an upload through two sessions over a link in memory, whose window begins
 * small, or with all it may grow to.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WindowBenchmark {

    private static final int BODY = 16 * 1024 * 1024;
    private static final Bytes PIECE = Bytes.wrap(new byte[64 * 1024]);

    /** The window that the agent's hello says, in bytes. */
    @Param({"16384", "65536", "8388608"})
    public int window;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExchangeException over = new ExchangeException(ErrorCode.CANCELLED, "complete");
    private final List<Thread> threads = new ArrayList<>();
    private SessionUpstream server = server(new MemoryLink());

    private SessionUpstream server(MemoryLink link) {
        return new SessionUpstream(
                link,
                Greeting.DEFAULT,
                Limits.DEFAULT,
                new MemoryBudget(1 << 30),
                new Patrol(timer));
    }

    private interface Serving {
        void run() throws IOException;
    }

    /** Opens the link. */
    @Setup
    public void setUp() throws ExchangeException, InterruptedException {
        Greeting all = Greeting.DEFAULT;
        Greeting agent =
                new Greeting(
                        all.streams(),
                        all.headMax(),
                        window,
                        all.jsonMaxBody(),
                        all.textMax(),
                        "",
                        "",
                        false,
                        "");
        MemoryLink link = new MemoryLink();
        server = server(link);
        SessionResponder responder =
                new SessionResponder(
                        link.other(),
                        (head, length) -> new SinkExchange(),
                        agent,
                        Limits.DEFAULT,
                        new MemoryBudget(1 << 30),
                        (millis, reason) -> {});
        start(server::serve);
        start(responder::serve);
        upload();
    }

    private void start(Serving serving) {
        threads.add(
                Thread.startVirtualThread(() -> {
                    try {
                        serving.run();
                    } catch (IOException ignored) {
                        // Interrupted, in the end.
                    }
                }));
    }

    /** Ends the link. */
    @TearDown
    public void tearDown() {
        threads.forEach(Thread::interrupt);
        timer.shutdownNow();
    }

    /** An upload of 16 MiB. */
    @Benchmark
    public void upload() throws ExchangeException, InterruptedException {
        Exchange exchange = server.open(Samples.request(BODY), BODY);
        try {
            for (int left = BODY; left > 0; left -= PIECE.length()) {
                exchange.send(PIECE);
            }
            exchange.endRequest(Fields.EMPTY);
            if (exchange.receiveHead().status() != 204 || exchange.receive() != null) {
                throw new IllegalStateException("not the answer of a sink");
            }
        } finally {
            exchange.cancel(over);
        }
    }
}
