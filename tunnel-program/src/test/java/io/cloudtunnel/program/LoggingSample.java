package io.cloudtunnel.program;

import java.util.ArrayList;
import java.util.List;

/** A program that logs from many threads, and then ends in the way that its argument names. */
public final class LoggingSample {

    static final int THREADS = 4;

    /** Of each thread. All together fit into one buffer as text: none is ever dropped. */
    static final int LINES = 1_500;

    /** As JSON they do not fit into both buffers and a pipe. */
    static final int MANY_LINES = 5_000;

    private LoggingSample() {}

    /** Starts it. */
    public static void main(String[] args) throws InterruptedException {
        boolean json = args[1].equals("json");
        Logs.setUp(json ? Logs.Format.JSON : Logs.Format.TEXT);
        int lines = json ? MANY_LINES : LINES;
        System.Logger logger = System.getLogger("sample");
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> logger.log(System.Logger.Level.INFO, "last words")));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            String name = "thread" + t + " ";
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < lines; i++) {
                            logger.log(System.Logger.Level.INFO, name + i);
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        switch (args[0]) {
            case "exit" -> System.exit(3);
            case "crash" -> throw new IllegalStateException("a crash of main");
            case "signal" -> {
                System.out.println("ready");
                Thread.currentThread().join(); // for ever
            }
            default -> logger.log(System.Logger.Level.WARNING, "the end of main");
        }
    }
}
