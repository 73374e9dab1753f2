package io.cloudtunnel.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of HTTP/2 (RFC 9113) that sends what it is told, frame by frame. */
final class Http2RawClient implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    Http2RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        out.write(frame.array());
    }

    /** Fields of fewer than 127 bytes as literals without an index (RFC 7541, 6.2.2). */
    void request(int stream, String method, String path, boolean ends, String... fields)
            throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(2); // places in the static table: :method, :scheme, :path, :authority
        text(head, method);
        head.write(6);
        text(head, "http");
        head.write(4);
        text(head, path);
        head.write(1);
        text(head, "localhost");
        for (int i = 0; i < fields.length; i += 2) {
            head.write(0);
            text(head, fields[i]);
            text(head, fields[i + 1]);
        }
        frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, head.toByteArray());
    }

    private static void text(ByteArrayOutputStream head, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        head.write(bytes.length);
        head.writeBytes(bytes);
    }

    void data(int stream, String text) throws IOException {
        frame(DATA, 0, stream, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The body of an answer to its end. */
    String text(int stream) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean ended = false;
        while (!ended) {
            Frame frame = read();
            if (frame.stream == stream && frame.type == DATA) {
                body.writeBytes(frame.payload);
            } else if (frame.type == GOAWAY
                    || (frame.stream == stream && frame.type == RST_STREAM)) {
                throw new EOFException("frame " + frame.type + " after " + body);
            }
            ended =
                    frame.stream == stream
                            && frame.type <= HEADERS
                            && (frame.flags & END_STREAM) != 0;
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the server resets a stream. */
    void awaitReset(int stream) throws IOException {
        Frame frame = read();
        while (frame.type != RST_STREAM || frame.stream != stream) {
            frame = read();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // nobody compares frames
    private record Frame(int type, int flags, int stream, byte[] payload) {}

    private Frame read() throws IOException {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = new byte[lengthAndType >>> 8];
        in.readFully(payload);
        return new Frame(lengthAndType & 0xFF, flags, id, payload);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
