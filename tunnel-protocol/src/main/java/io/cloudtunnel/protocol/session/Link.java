package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ordered whole messages to and from one peer; the transport is hidden.
 *
 * <p>One thread receives. Any thread may send or close.
 */
public interface Link {

    /** What a link may add to a message, in bytes: so much less may be put into one. */
    int MOST_ADDED = 64;

    /**
     * How long messages had better be at most, in bytes: what is ready is split so that it fits. A
     * frame that cannot be split may make a longer one, of {@link BinaryCodec#MAX_MESSAGE} at most.
     */
    default int goodMessage() {
        return BinaryCodec.MAX_MESSAGE - MOST_ADDED;
    }

    /**
     * Sends a message; blocks while the transport takes no bytes. A write that stalls for longer
     * than the link's limit closes it.
     *
     * @throws IOException if the link is closed or breaks; the peer may have received all, a part,
     *     or nothing of the message
     */
    void send(Message message) throws IOException;

    /**
     * Sends several messages in their order, with as few writes as the transport can.
     *
     * @throws IOException as {@link #send}
     */
    default void sendAll(List<Message> messages) throws IOException {
        for (Message message : messages) {
            send(message);
        }
    }

    /**
     * Waits for the next message.
     *
     * @return null once the link is closed in an orderly way, by either side
     * @throws IOException if the link breaks, or the peer violates the transport's rules
     */
    @Nullable Message receive() throws IOException;

    /**
     * How many bytes have come, those of an unfinished message among them: whatever changes it is a
     * sign of life. For any thread.
     */
    long bytesReceived();

    /**
     * How many bytes have left, those of an unfinished message among them: whatever changes it is
     * progress of the write that is under way. For any thread; always 0 where the transport cannot
     * tell.
     */
    default long bytesSent() {
        return 0;
    }

    /**
     * Says goodbye and closes. Does nothing on a closed link. Never blocks for longer than the
     * link's limit for that.
     *
     * @param code a close code (RFC 6455, section 7.4)
     * @param reason at most 123 bytes in UTF-8
     */
    void close(int code, String reason);
}
