package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import io.cloudtunnel.server.relay.RelayMessage.MessageType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Ordered messages between two instances over the broker; docs/relay.md, sections 2 and 3. Safe for
 * use by several threads, of which one receives.
 */
final class RelayLink implements Link {

    static final Duration SILENCE = Duration.ofSeconds(6);
    private static final Duration ALIVE = Duration.ofSeconds(2);
    private static final int MOST_REASON = 123;

    /**
     * Two of them come with what nats-server reads at once, 64 KiB, with their lines of the
     * protocol: of a message that comes in pieces it makes a copy.
     */
    private static final int GOOD_MESSAGE = 32 * 1024 - 256;

    /** What the other side says that it lacks room for another one. */
    static final String TOO_MANY = "too many relay links";

    private final String peer;
    private final long id;
    private final RelayEvents events;
    private CreditPool.@Nullable Share share; // set before anything is received

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows; never over waits
    private final Condition arrived = lock.newCondition(); // for who receives
    private final RelaySender sender;
    private final ArrayDeque<Bytes> received = new ArrayDeque<>(); // bounded by the share
    private int receiveSequence;
    private @Nullable String ended;
    private boolean orderly;
    private long heardNanos = System.nanoTime();
    private long busyNanos = System.nanoTime();
    private long heardBytes;

    private int filing; // bytes of the message that was handed out last; of the receiving thread

    /** A link to an instance. */
    RelayLink(Broker broker, String peer, long id, RelayEvents events) {
        this.sender = new RelaySender(broker, peer, id, this, lock);
        this.peer = peer;
        this.id = id;
        this.events = events;
    }

    void share(CreditPool.Share of) {
        share = of;
    }

    private CreditPool.Share share() {
        return Objects.requireNonNull(share, "the link has no share yet");
    }

    String peer() {
        return peer;
    }

    long id() {
        return id;
    }

    // ---- Sending.

    /** Sends what needs no credit. Does not block. */
    void control(MessageType type, Bytes content) {
        lock.lock();
        try {
            if (ended == null) {
                sender.publish(type, content);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int goodMessage() {
        return GOOD_MESSAGE;
    }

    @Override
    public void send(Message message) throws IOException {
        if (!(message instanceof Message.Binary binary)) {
            throw new IllegalArgumentException("only binary messages travel between instances");
        }
        boolean sent = false;
        lock.lock();
        try {
            sender.send(binary.parts());
            busyNanos = sender.sentNanos();
            sent = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for pair credit", e);
        } finally {
            lock.unlock();
            if (!sent) {
                tellIfEnded();
            }
        }
    }

    // ---- What the broker hands over: nothing here blocks.

    /**
     * A message of this link. An end counts whatever its number: who has lost the link knows none.
     *
     * @return false if the link has ended before
     */
    boolean onMessage(RelayMessage message) {
        boolean inOrder;
        lock.lock();
        try {
            if (ended != null) {
                return false;
            }
            heardNanos = System.nanoTime();
            inOrder = message.sequence() == receiveSequence;
            if (!inOrder && message.type() != MessageType.END) {
                end(
                        "the broker lost messages between instances: number "
                                + message.sequence()
                                + " came for "
                                + receiveSequence,
                        false,
                        true);
                return true;
            }
            receiveSequence++;
            heardBytes += RelayMessage.HEADER_BYTES + message.content().length();
        } finally {
            lock.unlock();
        }
        switch (message.type()) {
            case OPEN, YIELD -> {} // counted only; YIELD is of no link
            case ACCEPT -> {
                onCredit(message.number());
                events.accepted();
            }
            case CREDIT -> onCredit(message.number());
            case END -> end(message.content().utf8(), inOrder, false);
            case DATA -> onData(message.content());
            case WANT -> {
                int bytes = message.number();
                if (bytes == 0 || bytes > BinaryCodec.MAX_MESSAGE) {
                    violated("a want of " + bytes + " bytes");
                } else {
                    share().want(bytes);
                }
            }
            case ALIVE -> {}
        }
        return true;
    }

    /** The other side has granted more. */
    void onCredit(int bytes) {
        lock.lock();
        try {
            sender.granted(bytes);
        } finally {
            lock.unlock();
        }
    }

    private void onData(Bytes content) {
        if (!share().tryArrive(content.length())) {
            violated("more came than was granted");
            return;
        }
        lock.lock();
        try {
            if (ended == null) {
                busyNanos = heardNanos;
                received.addLast(content);
                arrived.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void violated(String how) {
        end("the other instance violates the relay's protocol: " + how, false, true);
    }

    /** New pair credit for the other side. */
    void grant(int bytes) {
        control(MessageType.CREDIT, RelayMessage.number(bytes));
    }

    // ---- Receiving.

    @Override
    public @Nullable Message receive() throws IOException {
        if (filing > 0) { // the session has filed it, since it asks for the next one
            share().taken(filing);
            filing = 0;
        }
        Bytes next;
        String why;
        boolean asAgreed;
        lock.lock();
        try {
            while (received.isEmpty() && ended == null) {
                arrived.await(); // the patrol ends a link that is silent
            }
            next = received.pollFirst();
            why = String.valueOf(ended);
            asAgreed = orderly;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
        if (next != null) {
            filing = next.length();
            return new Message.Binary(next);
        }
        events.ended(why);
        if (asAgreed) {
            return null;
        }
        throw new IOException(why);
    }

    /**
     * Who is about to fail, since it ended, first says why: else the session knows no reason.
     * Called with no lock held.
     */
    private void tellIfEnded() {
        String why = ended();
        if (why != null) {
            events.ended(why);
        }
    }

    @Override
    public long bytesReceived() {
        lock.lock();
        try {
            return heardBytes;
        } finally {
            lock.unlock();
        }
    }

    // ---- The end.

    @Override
    public void close(int code, String reason) {
        end(reason, true, true);
    }

    /** Ends it for this side only: the other one cannot be told. */
    void end(String reason) {
        end(reason, false, false);
    }

    /**
     * The first end counts.
     *
     * @param asAgreed whether one of the two wanted it, so that nothing has failed
     * @param tells whether the other side is told
     */
    private void end(String reason, boolean asAgreed, boolean tells) {
        lock.lock();
        try {
            if (ended == null) {
                ended = reason;
                orderly = asAgreed;
                if (tells) {
                    Bytes text = Bytes.utf8(reason);
                    int length = Math.min(MOST_REASON, text.length());
                    sender.publish(MessageType.END, text.slice(0, length));
                }
            }
            arrived.signalAll();
            sender.wake();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at the time: says that this side lives, and ends what is silent or stuck. */
    void look(long nowNanos) {
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            if (nowNanos - heardNanos > SILENCE.toNanos()) {
                end("the other instance is silent", false, true);
            } else if (sender.isStuck(nowNanos)) {
                end("the broker takes too long", false, false);
            } else if (nowNanos - sender.sentNanos() > ALIVE.toNanos()) {
                sender.publish(MessageType.ALIVE, Bytes.EMPTY);
            }
        } finally {
            lock.unlock();
        }
    }

    /** For how long no message of the session came or went, in ns. */
    long idleNanos(long nowNanos) {
        lock.lock();
        try {
            return nowNanos - busyNanos;
        } finally {
            lock.unlock();
        }
    }

    /** Why it has ended, null while it lives. */
    @Nullable String ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it ended since nobody receives what is sent to the other instance. */
    boolean isPeerGone() {
        lock.lock();
        try {
            return sender.isPeerGone();
        } finally {
            lock.unlock();
        }
    }
}
