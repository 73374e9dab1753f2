package io.cloudtunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A local service over raw sockets, of which a test writes the answers: it can stream, stall, cut,
 * answer early and read while it writes. One virtual thread per connection.
 */
public final class RawService implements AutoCloseable {

    /** Answers one request. What it throws closes the connection. */
    public interface Handler {
        void handle(Call call) throws Exception;
    }

    /** A request, whose body has not been read. */
    public record Call(Wire wire, Wire.Head head) {
        /** Its body, to be read once. */
        public InputStream body() {
            return wire.body(head, false);
        }

        /** A whole answer with this text. */
        public void answer(int status, String text) throws IOException {
            wire.send(
                    "HTTP/1.1 %d Status\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(status, text.length(), text));
        }
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

    /** A service that listens already. */
    public RawService(Handler handler) throws IOException {
        this.handler = handler;
        listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket) {
        try (Wire wire = new Wire(socket)) {
            socket.setSoTimeout(0); // kept-alive connections wait for long
            Wire.Head head = wire.readHead();
            while (head != null && !socket.isClosed()) {
                requests.incrementAndGet();
                handler.handle(new Call(wire, head));
                head = wire.readHead();
            }
        } catch (Exception e) {
            failures.add(e);
        } finally {
            open.remove(socket);
        }
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    int requests() {
        return requests.get();
    }

    /** Connections that are open. */
    int connections() {
        return open.size();
    }

    /** How connections ended that did not end well. */
    Queue<Exception> failures() {
        return failures;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
