package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.protocol.signed.LinkKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Both ends of a session over a link in memory: all that a tunnel does but for sockets. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SessionBenchmark {

    private static final Patrol PATROL =
            new Patrol(
                    Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().daemon().name("patrol").factory()));

    private static final int AT_A_TIME = 64;
    private static final int PIECE = 64 * 1024;
    private static final int BODY = 16 * 1024 * 1024;
    private final ExchangeException over = new ExchangeException(ErrorCode.CANCELLED, "complete");

    /** Whether small whole messages travel in JSON form: the default, or 0 for never. */
    @Param({"4096", "0"})
    public int jsonMaxBody;

    /** Whether the link is signed. */
    @Param({"false", "true"})
    public boolean signed;

    private final List<Thread> threads = new ArrayList<>();
    private SessionUpstream server = server(new MemoryLink(), Greeting.DEFAULT);

    private static SessionUpstream server(Link link, Greeting greeting) {
        return new SessionUpstream(
                link, greeting, Limits.DEFAULT, new MemoryBudget(1 << 30), PATROL);
    }

    /** Opens the link. */
    @Setup
    public void setUp() throws ExchangeException, InterruptedException {
        Greeting all = Greeting.DEFAULT;
        Greeting greeting =
                new Greeting(
                        all.streams(),
                        all.headMax(),
                        all.window(),
                        jsonMaxBody,
                        all.textMax(),
                        "",
                        "",
                        false,
                        "");
        MemoryLink link = new MemoryLink();
        LinkKeys keys = Samples.linkKeys();
        server = server(signed ? keys.serverEnd(link) : link, greeting);
        SessionResponder agent =
                new SessionResponder(
                        signed ? keys.agentEnd(link.other()) : link.other(),
                        (head, length) -> new EchoExchange(),
                        greeting,
                        Limits.DEFAULT,
                        new MemoryBudget(1 << 30),
                        (millis, reason) -> {});
        start(server::serve);
        start(agent::serve);
        echo(0);
    }

    private interface Serving {
        void run() throws IOException;
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
    }

    /** Small echoes, 64 at a time; the time of one. */
    @Benchmark
    @OperationsPerInvocation(AT_A_TIME)
    public void smallEcho() throws InterruptedException {
        List<Thread> clients = new ArrayList<>(AT_A_TIME);
        for (int i = 0; i < AT_A_TIME; i++) {
            clients.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            echo(100);
                        } catch (ExchangeException e) {
                            throw new IllegalStateException(e);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    /** One echo of 16 MiB. */
    @Benchmark
    public void largeEcho() throws ExchangeException, InterruptedException {
        echo(BODY);
    }

    private void echo(int size) throws ExchangeException, InterruptedException {
        Exchange exchange = server.open(Samples.request(size), size);
        try {
            Thread sender = Thread.startVirtualThread(() -> send(exchange, size));
            int status = exchange.receiveHead().status();
            int received = 0;
            for (Bytes piece = exchange.receive(); piece != null; piece = exchange.receive()) {
                received += piece.length();
            }
            sender.join();
            if (status != 200 || received != size) {
                throw new IllegalStateException(status + ", " + received + " bytes");
            }
        } finally {
            exchange.cancel(over);
        }
    }

    private static void send(Exchange exchange, int size) {
        try {
            for (int left = size; left > 0; left -= PIECE) {
                exchange.send(Bytes.wrap(new byte[Math.min(left, PIECE)]));
            }
            exchange.endRequest(Fields.EMPTY);
        } catch (ExchangeException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
