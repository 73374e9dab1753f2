package io.cloudtunnel.it;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One end of an HTTP/1.1 connection that writes its bytes as it likes and takes nothing for
 * complete that is not. Each read has a deadline. One thread may read while another one writes.
 */
public final class Wire implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 20_000;

    /** The lines of a head. */
    public record Head(String start, List<String> lines) {
        public List<String> all(String name) {
            String begin = name + ":";
            return lines.stream()
                    .filter(line -> line.regionMatches(true, 0, begin, 0, begin.length()))
                    .map(line -> line.substring(begin.length()).strip())
                    .toList();
        }

        /** The first value, or an empty text. */
        public String first(String name) {
            return all(name).stream().findFirst().orElse("");
        }

        public int status() {
            return Integer.parseInt(start.split(" ", -1)[1]);
        }

        public String target() {
            return start.split(" ", -1)[1];
        }

        /** How the end of the body is told: {@code none}, {@code chunked} or a length. */
        public String framing() {
            List<String> codings = all("Transfer-Encoding");
            List<String> lengths = all("Content-Length");
            if (codings.isEmpty() && lengths.isEmpty()) {
                return "none";
            }
            return String.join("+", codings) + String.join("+", lengths);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private List<String> trailers = List.of();

    /** An end of this connection. */
    public Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    /** A connection to a port of this machine. */
    public static Wire to(int port) throws IOException {
        return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** The same, of which the kernel takes little in before somebody reads. */
    static Wire narrow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new Wire(socket);
    }

    public Wire send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** A head: the start line and fields, each without its line end. */
    public Wire head(String... lines) throws IOException {
        return send(String.join("\r\n", lines) + "\r\n\r\n");
    }

    /** A chunk (RFC 9112, section 7.1). */
    public Wire chunk(byte[] bytes, int length) throws IOException {
        byte[] head = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + length + 2];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(bytes, 0, whole, head.length, length);
        whole[whole.length - 2] = '\r';
        whole[whole.length - 1] = '\n';
        return send(whole);
    }

    Wire chunk(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return chunk(bytes, bytes.length);
    }

    public Wire lastChunk() throws IOException {
        return send("0\r\n\r\n");
    }

    /** The next head; null if the peer has closed before it. */
    public Head readHead() throws IOException {
        String start = line();
        if (start == null) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        String line = needed(line());
        while (!line.isEmpty()) {
            lines.add(line);
            line = needed(line());
        }
        return new Head(start, lines);
    }

    /** The head of an answer: there has to be one. */
    public Head readAnswer() throws IOException {
        Head head = readHead();
        if (head == null) {
            throw new EOFException("the server closed before its answer");
        }
        return head;
    }

    private static String needed(String line) throws EOFException {
        if (line == null) {
            throw new EOFException("cut within a head");
        }
        return line;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        if (c < 0) {
            return null;
        }
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("cut within a line: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
            c = in.read();
        }
        return line.toString();
    }

    /**
     * The body of a message; a cut one throws EOFException.
     *
     * @param untilClose whether a body without a length goes on until the connection's end
     */
    public InputStream body(Head head, boolean untilClose) {
        String framing = head.framing();
        if (framing.equals("chunked")) {
            return new ChunkedInput();
        }
        if (framing.equals("none")) {
            return untilClose ? in : InputStream.nullInputStream();
        }
        return new FixedInput(Long.parseLong(framing));
    }

    /** All of an answer's body as text. */
    public String text(Head answer) throws IOException {
        return new String(body(answer, true).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Whatever comes from now on. */
    public InputStream rest() {
        return in;
    }

    /** The lines behind the last chunk that was read. */
    List<String> trailers() {
        return trailers;
    }

    public Socket socket() {
        return socket;
    }

    /** Closes, in the midst of whatever it is. */
    void leave() throws IOException {
        socket.close();
    }

    /** Closes so that the peer sees a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads whole arrays through {@link #read(byte[], int, int)}. */
    private abstract static class Input extends InputStream {
        @Override
        public abstract int read(byte[] target, int offset, int length) throws IOException;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }
    }

    private final class FixedInput extends Input {
        private long left;

        FixedInput(long length) {
            left = length;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            int count = in.read(target, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("cut with " + left + " bytes to come");
            }
            left -= count;
            return count;
        }
    }

    private final class ChunkedInput extends Input {
        private int left;
        private boolean ended;

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0; // InputStream.readNBytes asks for it, and must not wait
            }
            if (left == 0 && !ended) {
                left = size(needed(line()));
                ended = left == 0;
                if (ended) {
                    readTrailers();
                }
            }
            if (ended) {
                return -1;
            }
            int count = in.read(target, offset, Math.min(length, left));
            if (count < 0) {
                throw new EOFException("cut within a chunk");
            }
            left -= count;
            if (left == 0) {
                needed(line());
            }
            return count;
        }

        /** What follows the size is an extension, or blanks (RFC 9112, section 7.1.1). */
        private static int size(String line) {
            int end = line.indexOf(';');
            return Integer.parseInt((end < 0 ? line : line.substring(0, end)).strip(), 16);
        }

        private void readTrailers() throws IOException {
            List<String> lines = new ArrayList<>();
            String line = needed(line());
            while (!line.isEmpty()) {
                lines.add(line);
                line = needed(line());
            }
            trailers = lines;
        }
    }
}
