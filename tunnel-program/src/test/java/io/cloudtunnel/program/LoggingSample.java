package io.cloudtunnel.program;

import java.util.ArrayList;
import java.util.List;

/** A program that logs from many threads, and then ends in the way that its argument names. */
public final class LoggingSample {

    static final int THREADS = 4;
    static final int LINES = 5_000;

    private LoggingSample() {}

    /** Starts it. */
    public static void main(String[] args) throws InterruptedException {
        Logs.setUp(args[1].equals("json") ? Logs.Format.JSON : Logs.Format.TEXT);
        System.Logger logger = System.getLogger("sample");
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> logger.log(System.Logger.Level.INFO, "last words")));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            String name = "thread" + t + " ";
            threads.add(
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < LINES; i++) {
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
