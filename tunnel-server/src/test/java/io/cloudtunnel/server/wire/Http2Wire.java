package io.cloudtunnel.server.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of HTTP/2 (RFC 9113) frame by frame; also for the integration tests. */
public final class Http2Wire implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;

    /** Over a connection to this machine. */
    public Http2Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Over this connection, which it closes. */
    public Http2Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    /** Any frame, whatever is in it. */
    public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        raw(frame.array());
    }

    /** Fields as literals without an index, and without Huffman's code (RFC 7541, 6.2.2). */
    public void request(int stream, String method, String path, boolean ends, String... fields)
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
        literals(head, fields);
        frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, head.toByteArray());
    }

    /** Ends a request with these. */
    public void trailers(int stream, String... fields) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        literals(head, fields);
        frame(HEADERS, END_HEADERS | END_STREAM, stream, head.toByteArray());
    }

    private static void literals(ByteArrayOutputStream head, String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.write(0);
            text(head, namesAndValues[i]);
            text(head, namesAndValues[i + 1]);
        }
    }

    private static void text(ByteArrayOutputStream head, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = bytes.length - 127; // the integers of RFC 7541, 5.1
        head.write(Math.min(bytes.length, 127));
        while (rest >= 128) {
            head.write((rest & 127) | 128);
            rest >>= 7;
        }
        if (rest >= 0) {
            head.write(rest);
        }
        head.writeBytes(bytes);
    }

    public void data(int stream, byte[] bytes, boolean ends) throws IOException {
        frame(DATA, ends ? END_STREAM : 0, stream, bytes);
    }

    /** Frames as they are, many with one call. */
    public void raw(byte[] frames) throws IOException {
        socket.getOutputStream().write(frames);
    }

    /** Reads what comes until the server ends the connection; how often it said GOAWAY. */
    public int awaitEnd() throws IOException {
        int goAways = 0;
        try {
            while (true) {
                int lengthAndType = in.readInt();
                in.skipNBytes(5L + (lengthAndType >>> 8));
                goAways += (lengthAndType & 0xFF) == GOAWAY ? 1 : 0;
            }
        } catch (EOFException | java.net.SocketException e) {
            return goAways; // also where unread bytes of ours made the end a reset
        }
    }

    /** Waits until the server resets a stream. */
    public void awaitReset(int stream) throws IOException {
        Frame frame = read();
        while (frame.type() != RST_STREAM || frame.stream() != stream) {
            frame = read();
        }
    }

    public void reset(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    /** A frame that has come. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares frames
    public record Frame(int type, int flags, int stream, byte[] payload) {
        /** Whether it is the last one of this stream. */
        public boolean ends(int id) {
            return stream == id && type <= HEADERS && (flags & END_STREAM) != 0;
        }
    }

    /** The next frame, of whatever stream. */
    public Frame read() throws IOException {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = new byte[lengthAndType >>> 8];
        in.readFully(payload);
        return new Frame(lengthAndType & 0xFF, flags, id, payload);
    }

    /** The next piece of an answer's body that is not empty. */
    public String piece(int stream) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.stream() == stream && frame.type() == RST_STREAM) {
                throw new EOFException("the stream was reset");
            }
            if (frame.stream() == stream && frame.type() == DATA && frame.payload().length > 0) {
                return new String(frame.payload(), StandardCharsets.UTF_8);
            }
        }
    }

    /** The body of an answer to its end. */
    public String text(int stream) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean ended = false;
        while (!ended) {
            Frame frame = read();
            if (frame.stream() == stream && frame.type() == DATA) {
                body.writeBytes(frame.payload());
            } else if (frame.type() == GOAWAY
                    || (frame.stream() == stream && frame.type() == RST_STREAM)) {
                throw new EOFException("frame " + frame.type() + " after " + body);
            }
            ended = frame.ends(stream);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
