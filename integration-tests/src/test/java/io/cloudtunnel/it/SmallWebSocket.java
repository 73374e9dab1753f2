package io.cloudtunnel.it;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket client that costs little, so that a test can have thousands: short texts, one at a
 * time, masked with one key. Each read has a deadline. For one thread at a time.
 */
final class SmallWebSocket implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 20_000;
    private static final int BUFFER_BYTES = 512;
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private static final int LONGEST = 125;
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final Socket socket;
    private final InputStream in;

    private SmallWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    /** Opens one, which has to be taken. */
    static SmallWebSocket open(int port, String target) throws IOException {
        SmallWebSocket opened =
                new SmallWebSocket(new Socket(InetAddress.getLoopbackAddress(), port));
        try {
            opened.handshake(target);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    private void handshake(String target) throws IOException {
        String head =
                "GET "
                        + target
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String start = line();
        String line = line();
        while (!line.isEmpty()) {
            line = line();
        }
        if (!start.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(start);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = read();
        while (c != '\n') {
            line.append(c == '\r' ? "" : Character.toString(c));
            c = read();
        }
        return line.toString();
    }

    /** Sends a text and waits for the next one. */
    String exchange(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.US_ASCII));
        return new String(receive(TEXT), StandardCharsets.US_ASCII);
    }

    /** Sends a close code and waits for the peer's. */
    int exchangeClose(int code) throws IOException {
        send(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
        byte[] answer = receive(CLOSE);
        return ((answer[0] & 0xFF) << 8) | (answer[1] & 0xFF);
    }

    private void send(int first, byte[] payload) throws IOException {
        if (payload.length > LONGEST) {
            throw new IllegalArgumentException("too long for a short frame");
        }
        byte[] frame = new byte[2 + MASK.length + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (MASKED | payload.length);
        System.arraycopy(MASK, 0, frame, 2, MASK.length);
        for (int i = 0; i < payload.length; i++) {
            frame[2 + MASK.length + i] = (byte) (payload[i] ^ MASK[i % MASK.length]);
        }
        socket.getOutputStream().write(frame);
    }

    private byte[] receive(int first) throws IOException {
        int begin = read();
        int length = read();
        if (begin != first || length > LONGEST) {
            throw new IOException("a frame that begins with " + begin + ", " + length);
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("cut within a frame");
        }
        return payload;
    }

    private int read() throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the connection has ended");
        }
        return c;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
