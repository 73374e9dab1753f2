package io.cloudtunnel.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A kept-alive connection of a public client: a socket, and no more HTTP/1.1 than it needs. */
final class Client implements Closeable {

    private static final int PIECE = 128 * 1024;
    private static final int TIMEOUT_MILLIS = 60_000;

    private final String prefix;
    private final Socket socket;
    private final InputStream in;
    private final byte[] piece = new byte[PIECE];

    Client(int port, String prefix) {
        this.prefix = prefix;
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes note of bytes that have come, and may take its time. */
    interface Pace {
        void received(int bytes) throws InterruptedException;
    }

    /** A small request and its answer. */
    void small() throws IOException, InterruptedException {
        request("GET", "/small", 0);
        answer(bytes -> {});
    }

    /** Downloads so many bytes. */
    void download(long bytes, Pace pace) throws IOException, InterruptedException {
        request("GET", "/bytes/" + bytes, 0);
        long received = answer(pace);
        if (received != bytes) {
            throw new IOException(received + " bytes came instead of " + bytes);
        }
    }

    /** Uploads so many bytes. */
    void upload(long bytes) throws IOException, InterruptedException {
        request("PUT", "/sink", bytes);
        for (long left = bytes; left > 0; ) {
            int count = (int) Math.min(left, piece.length);
            socket.getOutputStream().write(piece, 0, count);
            left -= count;
        }
        answer(count -> {});
    }

    private void request(String method, String path, long bodyBytes) throws IOException {
        String length = bodyBytes > 0 ? "Content-Length: " + bodyBytes + "\r\n" : "";
        String head =
                method + " " + prefix + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    private long answer(Pace pace) throws IOException, InterruptedException {
        String status = line();
        if (!status.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("the answer is " + status);
        }
        long length = -1;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (!chunked) {
            read(length, pace);
            return length;
        }
        long sum = 0;
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            read(size, pace);
            sum += size;
            line();
        }
        line();
        return sum;
    }

    private long chunkSize() throws IOException {
        return Long.parseLong(line().split(";", 2)[0].strip(), 16);
    }

    private void read(long length, Pace pace) throws IOException, InterruptedException {
        for (long left = length; left > 0; ) {
            int count = in.read(piece, 0, (int) Math.min(left, piece.length));
            if (count < 0) {
                throw new EOFException("within a body");
            }
            left -= count;
            pace.received(count);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("within a head");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is closed as well as it can be.
        }
    }
}
