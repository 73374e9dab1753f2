package io.cloudtunnel.agent.fake;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A TCP server on loopback of which each connection follows a script. */
public final class ScriptedPeer implements AutoCloseable {

    /** What happens on one connection, which is closed behind it. */
    public interface Script {
        /** Runs on a thread of its own; an exception ends the connection. */
        void run(Connection connection) throws Exception;
    }

    private final ServerSocket listener;
    private final List<Script> scripts;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    /** The n-th connection follows the n-th script, all further ones the last. */
    public ScriptedPeer(Script... scripts) throws IOException {
        this(ServerSocketFactory.getDefault(), scripts);
    }

    /** The same over other sockets. */
    public ScriptedPeer(ServerSocketFactory factory, Script... scripts) throws IOException {
        this.scripts = List.of(scripts);
        this.listener = factory.createServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("scripted-peer").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                int number = Math.min(accepted.getAndIncrement(), scripts.size() - 1);
                Thread.ofVirtual().start(() -> serve(socket, scripts.get(number)));
            }
        } catch (IOException ignored) {
            // Closed: the test is over.
        }
    }

    private static void serve(Socket socket, Script script) {
        try (socket) {
            script.run(new Connection(socket));
        } catch (Exception ignored) {
            // The test sees what the peer did not do.
        }
    }

    /** The port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** The URL with http. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Connections so far. */
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** One connection, seen from the script. */
    public static final class Connection {
        private final Socket socket;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
        }

        /** The socket. */
        public Socket socket() {
            return socket;
        }

        /** Reads a head with its empty line; fails at the end of the connection. */
        public String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            String text = "";
            while (!text.endsWith("\r\n\r\n")) {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    throw new EOFException(text);
                }
                head.write(c);
                if (c == '\n') {
                    text = head.toString(StandardCharsets.ISO_8859_1);
                }
            }
            return text;
        }

        /** Reads so many bytes. */
        public String bytes(int count) throws IOException {
            return new String(
                    socket.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
        }

        /** Writes a text, one byte for each character. */
        public Connection write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        }

        /** Reads and drops until the other side closes. */
        public void drain() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // dropped
            }
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Does nothing until the latch opens. */
        public void hold(CountDownLatch latch) throws InterruptedException {
            latch.await();
        }
    }
}
