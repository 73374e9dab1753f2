package io.cloudtunnel.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/**
 * Stands before servers and passes bytes on. Which server a connection leads to is decided by its
 * first line; what comes back over it can be held up.
 */
final class Switchboard implements AutoCloseable {

    private static final int LONGEST_LINE = 8192;

    private final ServerSocket listener;
    private final ToIntFunction<String> choice;
    private final List<Connection> all = new CopyOnWriteArrayList<>();

    /**
     * One that listens.
     *
     * @param choice the port for the first line of a connection
     */
    Switchboard(ToIntFunction<String> choice) throws IOException {
        this.choice = choice;
        this.listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The connections so far whose first line begins like this. */
    List<Connection> connections(String beginning) {
        return all.stream().filter(each -> each.line.startsWith(beginning)).toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> connect(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void connect(Socket caller) {
        try (caller) {
            byte[] begun = firstLine(caller.getInputStream());
            String line = new String(begun, StandardCharsets.ISO_8859_1).strip();
            try (Socket called =
                    new Socket(InetAddress.getLoopbackAddress(), choice.applyAsInt(line))) {
                Connection connection = new Connection(line, caller, called);
                all.add(connection);
                called.getOutputStream().write(begun);
                connection.run();
            }
        } catch (IOException e) {
            // One side has gone, so the other one is closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] firstLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n' && line.size() < LONGEST_LINE) {
            line.write(next);
            next = in.read();
        }
        line.write('\n');
        return line.toByteArray();
    }

    /** A connection that is passed on. */
    static final class Connection {
        private final String line;
        private final Socket caller;
        private final Socket called;
        private final ReentrantLock lock = new ReentrantLock(); // guards what follows
        private final Condition changed = lock.newCondition();
        private boolean held;

        private Connection(String line, Socket caller, Socket called) {
            this.line = line;
            this.caller = caller;
            this.called = called;
        }

        private void run() throws InterruptedException {
            Thread back = Thread.ofVirtual().start(() -> pass(called, caller, false));
            pass(caller, called, true);
            back.join();
        }

        private void pass(Socket from, Socket to, boolean stops) {
            byte[] bytes = new byte[16 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int count = in.read(bytes);
                while (count >= 0) {
                    if (stops) {
                        awaitPassage();
                    }
                    out.write(bytes, 0, count);
                    count = in.read(bytes);
                }
                to.shutdownOutput();
            } catch (IOException e) {
                cut();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void awaitPassage() throws InterruptedException {
            lock.lock();
            try {
                while (held) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Whether what the caller sends is held up from now on. */
        void hold(boolean hold) {
            lock.lock();
            try {
                held = hold;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Ends both sides. */
        void cut() {
            try {
                caller.close();
                called.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            hold(false);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        all.forEach(Connection::cut);
    }
}
