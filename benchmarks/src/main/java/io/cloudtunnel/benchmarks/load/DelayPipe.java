package io.cloudtunnel.benchmarks.load;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A distance: TCP connections whose bytes arrive so much later, in each direction. */
final class DelayPipe implements AutoCloseable {

    private static final int PIECE = 64 * 1024;
    private static final int PIECES = 1024; // so many may be on their way: 64 MiB

    private final ServerSocket listener;
    private final int to;
    private final long delayNanos;

    private DelayPipe(ServerSocket listener, int to, long delayNanos) {
        this.listener = listener;
        this.to = to;
        this.delayNanos = delayNanos;
    }

    /** Leads from a port of its own to the given one, both on loopback. */
    static DelayPipe open(int to, int delayMillis) throws IOException {
        ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        DelayPipe pipe = new DelayPipe(listener, to, TimeUnit.MILLISECONDS.toNanos(delayMillis));
        Thread.startVirtualThread(pipe::accept);
        return pipe;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Bytes, and when they arrive; empty at the end. */
    private record Piece(Bytes bytes, long dueNanos) {}

    private void accept() {
        try (listener) {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
                join(near, far);
                join(far, near);
            }
        } catch (IOException ignored) {
            // Closed: the measurement is over.
        }
    }

    private void join(Socket from, Socket onto) throws IOException {
        onto.setTcpNoDelay(true);
        BlockingQueue<Piece> onTheWay = new ArrayBlockingQueue<>(PIECES);
        Thread.startVirtualThread(() -> read(from, onTheWay));
        Thread.startVirtualThread(() -> write(onto, onTheWay));
    }

    private void read(Socket from, BlockingQueue<Piece> onTheWay) {
        try {
            byte[] buffer = new byte[PIECE];
            try (InputStream in = from.getInputStream()) {
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    onTheWay.put(
                            new Piece(
                                    Bytes.wrap(Arrays.copyOf(buffer, count)),
                                    System.nanoTime() + delayNanos));
                }
            } finally {
                onTheWay.put(new Piece(Bytes.EMPTY, System.nanoTime()));
            }
        } catch (IOException ignored) {
            // The other direction sees the same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(Socket onto, BlockingQueue<Piece> onTheWay) {
        try (OutputStream out = onto.getOutputStream()) {
            for (Piece piece = onTheWay.take(); !piece.bytes().isEmpty(); piece = onTheWay.take()) {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, piece.dueNanos() - System.nanoTime()));
                piece.bytes().writeTo(out);
            }
        } catch (IOException ignored) {
            // The other direction sees the same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
