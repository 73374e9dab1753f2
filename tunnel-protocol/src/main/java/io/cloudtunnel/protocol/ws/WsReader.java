package io.cloudtunnel.protocol.ws;

import io.cloudtunnel.protocol.frame.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages and control frames (RFC 6455, section 5). Joins fragments; a control frame between
 * them is handed out at once. Answers nothing by itself.
 *
 * <p>For one thread, but {@link #bytesReceived()} is for any. It holds up to 16 KiB, and for the
 * open message 128 KiB or twice what has arrived of it, for the time of a copy half as much again.
 * From 256 KiB on that is reserved from a {@link MessageRoom}, until the call of {@link #next}
 * behind the message, or a failure.
 */
public final class WsReader {

    private static final WsEvent END = new WsEvent.End();

    private final WsInput input;
    private final Role role;
    private final MessageJoiner joiner;
    private boolean ended;
    private @Nullable IOException failure;

    /**
     * A reader at the first byte behind the opening handshake.
     *
     * @param in is read through a buffer here, so it needs none of its own
     * @param role of this end
     * @param maxMessageBytes the longest message, over all its fragments
     * @throws IllegalArgumentException if the limit is negative
     */
    public WsReader(InputStream in, Role role, int maxMessageBytes) {
        this(in, role, maxMessageBytes, maxMessageBytes, MessageRoom.ENDLESS);
    }

    /**
     * The same with limits of its own for each kind of message, and for memory.
     *
     * @param maxTextBytes the longest text message, over all its fragments
     * @param maxBinaryBytes the longest binary message
     * @param room for long messages; where it has none, {@link WsEvent.Cut} is what is left of one
     */
    public WsReader(
            InputStream in, Role role, int maxTextBytes, int maxBinaryBytes, MessageRoom room) {
        if (maxTextBytes < 0 || maxBinaryBytes < 0) {
            throw new IllegalArgumentException("limits: " + maxTextBytes + ", " + maxBinaryBytes);
        }
        this.input = new WsInput(in);
        this.role = role;
        this.joiner = new MessageJoiner(maxTextBytes, maxBinaryBytes, room);
    }

    /**
     * Waits for the next message or control frame.
     *
     * @return {@link WsEvent.End} behind a close frame, and where the input ends between messages
     * @throws WsException if the peer violates the protocol or a limit; says the code to close with
     * @throws EOFException if the input ends inside a message
     * @throws IOException if reading fails; this failure and those above are final, and thrown
     *     again by each further call
     */
    public WsEvent next() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (!joiner.isOpen()) {
            joiner.release();
        }
        try {
            while (!ended) {
                WsEvent event = frame();
                if (event != null) {
                    return event;
                }
            }
            return END;
        } catch (IOException e) {
            failure = e;
            joiner.drop();
            throw e;
        }
    }

    /**
     * Bytes received so far, the unfinished message's too: while this grows, the peer is alive. It
     * may lag behind by a moment. For any thread.
     */
    public long bytesReceived() {
        return input.received();
    }

    /** Reads one frame; null if the message goes on. */
    private @Nullable WsEvent frame() throws IOException {
        if (input.atEnd()) {
            if (joiner.isOpen()) {
                throw new EOFException("the connection ended between two fragments");
            }
            ended = true;
            return END;
        }
        FrameHeader header = FrameHeader.read(input, role);
        if (header.isControl()) {
            return control(header);
        }
        joiner.add(header, input);
        return header.fin() ? joiner.finish() : null;
    }

    private WsEvent control(FrameHeader header) throws IOException {
        byte[] payload = new byte[(int) header.length()];
        for (int at = 0; at < payload.length; ) {
            at += input.read(payload, at, payload.length - at);
        }
        Masking.apply(payload, 0, payload.length, header.key(), 0);
        return switch (header.opcode()) {
            case Opcode.PING -> new WsEvent.Ping(Bytes.wrap(payload));
            case Opcode.PONG -> new WsEvent.Pong(Bytes.wrap(payload));
            default -> close(payload);
        };
    }

    private WsEvent close(byte[] payload) throws WsException {
        if (payload.length == 1) {
            throw WsException.protocol("close code cut short");
        }
        int code = CloseCode.NO_STATUS;
        String reason = "";
        if (payload.length > 0) {
            code = (payload[0] & 0xFF) << Byte.SIZE | (payload[1] & 0xFF);
            if (!CloseCode.isSendable(code)) {
                throw WsException.protocol("invalid close code");
            }
            if (!Utf8.isValid(payload, 2, payload.length)) {
                throw new WsException(CloseCode.INVALID_PAYLOAD, "close reason is not UTF-8");
            }
            reason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
        ended = true;
        return new WsEvent.Close(code, reason);
    }
}
