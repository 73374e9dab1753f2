package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Small requests at a fixed rate, whatever becomes of those before. A request's time runs from when
 * it should have begun, so that a stall counts for all that it delays.
 */
final class OpenLoop {

    private final Target target;
    private final ConcurrentLinkedQueue<Client> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger errors = new AtomicInteger();

    OpenLoop(Target target) {
        this.target = target;
    }

    /** Runs for so long; the connections are made before, so that none is part of a time. */
    Latencies run(int perSecond, int seconds, int connections) {
        for (int i = 0; i < connections; i++) {
            Client client = target.connect();
            once(client);
        }
        int count = perSecond * seconds;
        Latencies latencies = new Latencies(count);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long due = start + i * 1_000_000_000L / perSecond;
                for (long left = due - System.nanoTime();
                        left > 0;
                        left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                threads.execute(() -> {
                    Client pooled = idle.poll();
                    once(pooled == null ? target.connect() : pooled);
                    latencies.add(System.nanoTime() - due);
                });
            }
        }
        idle.forEach(Client::close);
        return latencies;
    }

    private void once(Client client) {
        try {
            client.small();
            idle.add(client);
        } catch (IOException | UncheckedIOException e) {
            client.close();
            errors.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int errors() {
        return errors.get();
    }
}
