package io.cloudtunnel.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The service behind all tunnels, as a process of its own, so that its cost is nobody's: {@code
 * /small} is 13 bytes, {@code /bytes/N} is N zero bytes, and what is sent as a body is read to its
 * end before the answer. HTTP/1.1 with keep-alive, a thread for each connection.
 */
public final class LocalService {

    private static final int HEAD_BYTES = 16 * 1024;
    private static final String BYTES = "/bytes/";
    private static final String SMALL =
            String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Content-Type: text/plain",
                    "Content-Length: 13",
                    "",
                    "hello, world\n");

    private final SocketChannel socket;
    private final FileChannel zeros;
    private final InputStream in;
    private final byte[] buffer = new byte[HEAD_BYTES];
    private int from;
    private int to;

    private LocalService(SocketChannel socket, FileChannel zeros) {
        this.socket = socket;
        this.zeros = zeros;
        this.in = Channels.newInputStream(socket);
    }

    /** Serves until it is killed; the one argument is the port. */
    public static void main(String[] args) throws IOException {
        Path file = Files.createTempFile("zeros", "");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw");
                ServerSocketChannel server = ServerSocketChannel.open()) {
            Files.delete(file);
            sparse.setLength(1L << 30);
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])),
                    1024);
            while (true) {
                SocketChannel socket = server.accept();
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                LocalService service = new LocalService(socket, sparse.getChannel());
                Thread.ofPlatform().daemon().start(service::serve);
            }
        }
    }

    private void serve() {
        try (socket) {
            String head = head();
            while (head != null) {
                skip(length(head));
                answer(head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP/")));
                head = head();
            }
        } catch (IOException ignored) {
            // The client left, which downloads that are cut do all the time.
        }
    }

    private void answer(String path) throws IOException {
        if (!path.startsWith(BYTES)) {
            write(SMALL);
            return;
        }
        long length = Long.parseLong(path.substring(BYTES.length()));
        write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        for (long left = length; left > 0; ) {
            left -= zeros.transferTo(0, Math.min(left, zeros.size()), socket);
        }
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    /** The next head, without the empty line; null where the connection ends instead. */
    private @Nullable String head() throws IOException {
        int end = headEnd();
        while (end < 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
            int count = in.read(buffer, to, buffer.length - to);
            if (count <= 0) {
                return null;
            }
            to += count;
            end = headEnd();
        }
        String head = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
        from = end + 4;
        return head;
    }

    private int headEnd() {
        for (int i = from + 3; i < to; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i - 3;
            }
        }
        return -1;
    }

    private static long length(String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding:")) {
            throw new IOException("a body of unknown length is not for this service");
        }
        String name = "\r\ncontent-length:";
        int at = lower.indexOf(name);
        if (at < 0) {
            return 0;
        }
        int end = lower.indexOf('\r', at + 2);
        return Long.parseLong(
                lower.substring(at + name.length(), end < 0 ? lower.length() : end).strip());
    }

    private void skip(long count) throws IOException {
        long left = count - Math.min(count, to - from);
        from += (int) Math.min(count, to - from);
        byte[] sink = new byte[left > buffer.length ? 256 * 1024 : buffer.length];
        while (left > 0) {
            int read = in.read(sink, 0, (int) Math.min(left, sink.length));
            if (read < 0) {
                throw new EOFException("within a body");
            }
            left -= read;
        }
    }
}
