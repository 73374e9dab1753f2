package io.cloudtunnel.it.cloudrun;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * 100 requests a second, each begun when it is due, whatever became of those before; until it is
 * closed.
 */
final class Load implements AutoCloseable {

    private static final long PER_SECOND = 100;
    private static final long INTERVAL_NANOS = 1_000_000_000 / PER_SECOND;

    private final Client client;
    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final long began = System.nanoTime();
    private final Thread pacer = Thread.ofPlatform().daemon().name("load").unstarted(this::pace);
    private final Object monitor = new Object(); // guards begun
    private long begun;
    private volatile boolean over;

    private Load(Client client) {
        this.client = client;
    }

    static Load start(Client client) {
        Load load = new Load(client);
        load.pacer.start();
        return load;
    }

    private void pace() {
        for (long number = 0; !over; number++) {
            long due = began + number * INTERVAL_NANOS;
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long current = number;
            requests.execute(() -> request(current, due));
            synchronized (monitor) {
                begun++;
                monitor.notifyAll();
            }
        }
    }

    private void request(long number, long due) {
        Kind kind = Kind.of(number);
        String failure = null;
        try {
            client.request(kind, number);
        } catch (IOException e) {
            failure = String.valueOf(e);
        }
        outcomes.add(new Outcome(number, kind, due, System.nanoTime() - due, failure));
    }

    /** Waits until the requests of so many seconds since the start have begun. */
    void awaitSecond(long second) throws InterruptedException {
        synchronized (monitor) {
            while (begun < second * PER_SECOND) {
                monitor.wait();
            }
        }
    }

    /** Waits until the requests of so many seconds more have begun. */
    void awaitMore(long seconds) throws InterruptedException {
        synchronized (monitor) {
            long target = begun + seconds * PER_SECOND;
            while (begun < target) {
                monitor.wait();
            }
        }
    }

    /** Begins no more requests, and waits for all that were begun; each has its deadlines. */
    List<Outcome> end() throws InterruptedException {
        over = true;
        pacer.join();
        requests.close();
        return List.copyOf(outcomes);
    }

    @Override
    public void close() {
        over = true;
        requests.shutdownNow();
    }
}
