package io.cloudtunnel.protocol.signed;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.session.ForwardingLink;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.session.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link whose messages carry a counter and a tag each. What does not fit closes it with 4005, and
 * nothing of it, nor of what comes later, is received.
 */
final class SignedLink extends ForwardingLink {

    private final ReentrantLock sending = new ReentrantLock(); // held over a write
    private final Tags sent; // with the lock held
    private long next; // with the lock held: the counter of the next message sent
    private final Tags received; // of the thread that receives
    private long expected; // of the thread that receives
    private volatile boolean failed;

    SignedLink(Link link, Tags sent, Tags received) {
        super(link);
        this.sent = sent;
        this.received = received;
    }

    @Override
    public void send(Message message) throws IOException {
        sendAll(List.of(message));
    }

    /** The lock is taken before the transport's own: tags leave in the order of their counters. */
    @Override
    public void sendAll(List<Message> messages) throws IOException {
        sending.lock();
        try {
            List<Message> signed = new ArrayList<>(messages.size());
            for (Message message : messages) {
                signed.add(sign(message));
            }
            if (failed) {
                throw new IOException("the peer's messages are not its own");
            }
            super.sendAll(signed);
        } finally {
            sending.unlock();
        }
    }

    private Message sign(Message message) {
        return switch (message) {
            case Message.Text(Bytes text) -> {
                byte[] trailer = sent.trailer(Tags.Kind.TEXT, next++, List.of(text));
                Bytes suffix = Bytes.wrap(Base64Url.encodeToBytes(trailer));
                yield new Message.Text(Bytes.join(List.of(text, suffix)));
            }
            case Message.Binary(List<Bytes> parts) -> {
                byte[] trailer = sent.trailer(Tags.Kind.BINARY, next++, parts);
                List<Bytes> all = new ArrayList<>(parts.size() + 1);
                all.addAll(parts);
                all.add(Bytes.wrap(trailer));
                yield new Message.Binary(all);
            }
            case Message.Cut ignored -> throw new IllegalArgumentException("a part of a message");
        };
    }

    /**
     * Waits for the next message that is the peer's own.
     *
     * @throws ProtocolException if the next one is not
     */
    @Override
    public @Nullable Message receive() throws IOException {
        if (failed) {
            throw new IOException("the peer's messages are not its own");
        }
        Message message = super.receive();
        try {
            return message == null ? null : verified(message);
        } catch (ProtocolException e) {
            close(e.closeCode(), e.word()); // before a failing writer says something else
            failed = true;
            throw e;
        }
    }

    private Message verified(Message message) throws ProtocolException {
        return switch (message) {
            case Message.Text(Bytes payload) -> {
                Bytes text = payload.slice(0, split(payload, Tags.TRAILER_CHARS));
                byte[] trailer =
                        Base64Url.decode(
                                payload.slice(text.length(), payload.length()).toByteArray());
                if (trailer == null || trailer.length != Tags.TRAILER_BYTES) {
                    throw wrong("tag-missing");
                }
                check(Bytes.wrap(trailer), Tags.Kind.TEXT, text);
                yield new Message.Text(text);
            }
            case Message.Binary binary -> {
                Bytes payload = binary.payload();
                Bytes frames = payload.slice(0, split(payload, Tags.TRAILER_BYTES));
                Bytes trailer = payload.slice(frames.length(), payload.length());
                check(trailer, Tags.Kind.BINARY, frames);
                yield new Message.Binary(frames);
            }
            case Message.Cut ignored -> throw wrong("tag-missing");
        };
    }

    /** Where the trailer begins. */
    private static int split(Bytes payload, int trailer) throws ProtocolException {
        if (payload.length() < trailer) {
            throw wrong("tag-missing");
        }
        return payload.length() - trailer;
    }

    /** First the tag: a counter that the peer did not write says nothing. */
    private void check(Bytes trailer, Tags.Kind kind, Bytes message) throws ProtocolException {
        if (!received.fits(trailer, kind, message)) {
            throw wrong("tag-wrong");
        }
        long counter = Tags.counter(trailer);
        if (counter != expected) {
            throw wrong(counter < expected ? "replayed" : "message-missing");
        }
        expected++;
    }

    private static ProtocolException wrong(String word) {
        return new ProtocolException(LinkCloseCode.AUTHENTICATION, word);
    }
}
