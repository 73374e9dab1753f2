package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What stands in front of a Cloud Run service: one public port, behind which the process changes.
 * Each request gets a connection of its own to the process that serves at that moment, and so many
 * seconds; a WebSocket is a request. While no process listens, requests wait for the next one. Safe
 * for use by several threads.
 */
final class FrontEnd implements AutoCloseable {

    /** How long a request waits for a process that listens. */
    private static final long QUEUE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final ServerSocket listener;
    private final Duration limit;
    private final Ledger ledger = new Ledger();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("front-end-timer").factory());
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock(); // guards the next two
    private final Condition changed = lock.newCondition();
    private Instance serving; // null before the first

    /** Listens; a request is cut after so long. */
    FrontEnd(Duration limit) throws IOException {
        this.limit = limit;
        listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("front-end").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                clients.add(socket);
                Thread.ofVirtual().name("front-end-client").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket) {
        try (Wire client = new Wire(socket)) {
            socket.setSoTimeout(0); // clients keep connections for as long as they like
            Wire.Head head = client.readHead();
            while (head != null && new Passage(this, client, head).run()) {
                head = client.readHead();
            }
        } catch (IOException e) {
            // The client has gone, or was cut.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.remove(socket);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "http://localhost:" + port();
    }

    Ledger ledger() {
        return ledger;
    }

    Duration limit() {
        return limit;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** From now on requests go to this process. */
    void route(Instance to) {
        lock.lock();
        try {
            serving = to;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A connection to a process. */
    record Connection(Instance to, Socket socket) {}

    /**
     * Connects to the process that serves; where none listens, nothing was passed, and the request
     * waits for another one.
     *
     * @return null if none came in time
     */
    Connection connect() throws IOException, InterruptedException {
        long end = System.nanoTime() + QUEUE_NANOS;
        Instance to = awaitOtherThan(null, end);
        while (to != null) {
            to.began(); // before anybody can take it for idle
            try {
                return new Connection(to, new Socket(InetAddress.getLoopbackAddress(), to.port()));
            } catch (ConnectException e) {
                to.ended();
                to = awaitOtherThan(to, end);
            }
        }
        return null;
    }

    private Instance awaitOtherThan(Instance not, long endNanos) throws InterruptedException {
        lock.lock();
        try {
            long left = endNanos - System.nanoTime();
            while (serving == null || serving.equals(not)) {
                if (left <= 0) {
                    return null;
                }
                left = changed.awaitNanos(left);
            }
            return serving;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        timer.shutdownNow();
        for (Socket socket : clients) {
            socket.close();
        }
    }
}
