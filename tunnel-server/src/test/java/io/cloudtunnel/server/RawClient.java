package io.cloudtunnel.server;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A public client that writes its bytes as it likes. Each read has a deadline of 5 s. */
final class RawClient implements AutoCloseable {

    /** A response as it came; names in the case in which they came. */
    record Answer(int status, List<String> lines, Bytes body) {
        List<String> all(String name) {
            String start = name + ":";
            return lines.stream()
                    .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }

        String first(String name) {
            List<String> values = all(name);
            return values.isEmpty() ? "" : values.getFirst();
        }

        String text() {
            return new String(body.toByteArray(), StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Over a connection that is there. */
    RawClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** Sends characters as bytes. */
    RawClient send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** A request without a body, with the fields that it needs. */
    RawClient request(String method, String target, String... lines) throws IOException {
        return send(
                method
                        + " "
                        + target
                        + " HTTP/1.1\r\nHost: localhost\r\n"
                        + String.join("", List.of(lines).stream().map(l -> l + "\r\n").toList())
                        + "\r\n");
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    /** Reads a response; {@code bodyMayFollow} is false for one to HEAD. */
    Answer answer(boolean bodyMayFollow) throws IOException {
        List<String> lines = head();
        int status = Integer.parseInt(lines.getFirst().split(" ", -1)[1]);
        Answer head = new Answer(status, lines.subList(1, lines.size()), Bytes.EMPTY);
        if (!bodyMayFollow || status < 200 || status == 204 || status == 304) {
            return head;
        }
        byte[] body;
        if (head.first("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            body = chunks();
        } else if (!head.first("Content-Length").isEmpty()) {
            body = exactly(Integer.parseInt(head.first("Content-Length")));
        } else {
            body = in.readAllBytes();
        }
        return new Answer(status, head.lines, Bytes.wrap(body));
    }

    /** The lines of a head. */
    List<String> head() throws IOException {
        List<String> lines = new ArrayList<>();
        String line = line();
        while (!line.isEmpty()) {
            lines.add(line);
            line = line();
        }
        return lines;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = Integer.parseInt(line(), 16);
        while (size > 0) {
            body.write(exactly(size));
            line();
            size = Integer.parseInt(line(), 16);
        }
        line();
        return body.toByteArray();
    }

    /** Whatever comes from now on. */
    InputStream rest() {
        return in;
    }

    byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server closed within a body");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c = in.read();
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("the server closed; so far: " + line);
            }
            if (c != '\r') {
                line.write(c);
            }
            c = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed, or closes within the deadline. A reset counts. */
    boolean closedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** The next byte, -1 at the end. */
    int read() throws IOException {
        return in.read();
    }

    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
