package io.cloudtunnel.benchmarks;

import io.cloudtunnel.program.Logs;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A line for each request, from four virtual threads, until all lines have been written; and the
 * CPU time of all threads of the process, which is printed after each iteration.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogLinesBenchmark {

    private static final int THREADS = 4;
    private static final int LINES = 10_000;

    /** The programs' handler, as text or JSON, or the JDK's: one write for each line. */
    @Param({"ours", "ours-json", "jdk"})
    public String way = "ours";

    /** Where the lines go. */
    @Param({"null", "pipe"})
    public String output = "null";

    private final System.Logger logger = System.getLogger("benchmark");
    private @Nullable Process reader;
    private long cpuNanos;
    private long lines;

    /** Opens the output, and sets up the way. */
    @Setup
    public void setUp() throws IOException {
        OutputStream out;
        if (output.equals("pipe")) {
            reader = new ProcessBuilder("sh", "-c", "exec cat >/dev/null").start();
            out = reader.getOutputStream();
        } else {
            out = new FileOutputStream("/dev/null");
        }
        PrintStream log = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream standard = way.equals("ours-json") ? System.out : System.err;
        redirect(log);
        if (way.equals("jdk")) {
            Logger root = Logger.getLogger("");
            List.of(root.getHandlers()).forEach(root::removeHandler);
            root.addHandler(new ConsoleHandler());
        } else {
            Logs.setUp(way.equals("ours") ? Logs.Format.TEXT : Logs.Format.JSON);
        }
        redirect(standard); // a handler keeps the stream that it found
    }

    private void redirect(PrintStream stream) {
        if (way.equals("ours-json")) {
            System.setOut(stream);
        } else {
            System.setErr(stream);
        }
    }

    /** Ends the reader of the pipe. */
    @TearDown
    public void tearDown() {
        if (reader != null) {
            reader.destroy();
        }
    }

    /** Begins to count. */
    @Setup(Level.Iteration)
    public void count() {
        cpuNanos = cpuNanos();
        lines = 0;
    }

    /** Says what a line has cost. */
    @TearDown(Level.Iteration)
    public void show() {
        System.out.printf("[CPU %.2f us/line] ", (cpuNanos() - cpuNanos) / 1000.0 / lines);
    }

    private static long cpuNanos() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return ((com.sun.management.OperatingSystemMXBean) system).getProcessCpuTime();
    }

    /** Logs, and waits until all has been written. */
    @Benchmark
    @OperationsPerInvocation(LINES)
    public void line() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            threads.add(Thread.startVirtualThread(this::log));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
        lines += LINES;
    }

    private void log() {
        for (int i = 0; i < LINES / THREADS; i++) {
            logger.log(
                    System.Logger.Level.INFO,
                    "request id=0123456789abcdef tunnel=abcdefghijklmnop client=127.0.0.1"
                            + " GET /small status=200 in=0 out="
                            + i
                            + " ms=1 end=ok");
        }
    }
}
