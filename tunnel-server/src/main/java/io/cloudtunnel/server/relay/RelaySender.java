package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.server.relay.RelayMessage.MessageType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending half of a relay link: numbers what it publishes, and waits for credit. All its state
 * is guarded by the link's lock, which the caller of each method holds.
 */
final class RelaySender {

    static final Duration STALL = Duration.ofSeconds(10);
    private static final int MOST_UNCONFIRMED = 1 << 20;

    /** Who waits for credit sends nothing, and asks so often whether the other one is there. */
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A broker that has confirmed nothing for so long, of what it was given, hangs. */
    private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Broker broker;
    private final String peer;
    private final long id;
    private final RelayLink link;
    private final ReentrantLock lock;
    private final Condition room; // for who waits for credit, or for the broker

    private int sequence;
    private long credit; // what we may send
    private int unconfirmed; // bytes that the broker has not taken yet
    private int publications; // of these and of messages without credit
    private long progressNanos; // when the first of them began to wait, or one was confirmed
    private boolean gone; // nobody received what was published
    private long sentNanos = System.nanoTime();

    /** The half of a link, with the link's lock. */
    RelaySender(Broker broker, String peer, long id, RelayLink link, ReentrantLock lock) {
        this.broker = broker;
        this.peer = peer;
        this.id = id;
        this.link = link;
        this.lock = lock;
        this.room = lock.newCondition();
    }

    /** Sends what has to have credit, once it has. */
    void send(List<Bytes> parts) throws IOException, InterruptedException {
        int bytes = 0;
        for (Bytes part : parts) {
            bytes += part.length();
        }
        awaitRoom(bytes);
        credit -= bytes;
        publish(MessageType.DATA, parts, bytes);
    }

    private void awaitRoom(int bytes) throws IOException, InterruptedException {
        long left = STALL.toNanos();
        boolean asked = false;
        while (link.ended() == null && (credit < bytes || unconfirmed > MOST_UNCONFIRMED)) {
            if (credit < bytes && !asked) {
                asked = true;
                publish(MessageType.WANT, RelayMessage.number(bytes));
                continue;
            }
            if (left <= 0) {
                link.end("the broker or the other instance takes too long");
                break;
            }
            long step = Math.min(left, ASK_NANOS);
            long rest = room.awaitNanos(step);
            left -= step - rest;
            if (rest <= 0 && link.ended() == null) {
                publish(MessageType.ALIVE, Bytes.EMPTY);
            }
        }
        String ended = link.ended();
        if (ended != null) {
            throw new IOException(ended);
        }
    }

    /** Sends what needs no credit. Does not block. */
    void publish(MessageType type, Bytes content) {
        publish(type, List.of(content), 0);
    }

    /** With the lock held, so that messages leave in the order of their numbers. */
    private void publish(MessageType type, List<Bytes> content, int bytes) {
        unconfirmed += bytes;
        sentNanos = System.nanoTime();
        if (publications++ == 0) {
            progressNanos = sentNanos;
        }
        byte[] message = RelayMessage.encode(type, id, sequence++, content);
        CompletionStage<Long> done = broker.publish(peer, message);
        var unused =
                done.whenComplete((receivers, failure) -> {
                    if (failure != null) {
                        link.end("the broker cannot be reached");
                    } else {
                        confirmed(receivers, bytes);
                    }
                });
    }

    /** Called by the broker, without the lock. */
    private void confirmed(long receivers, int bytes) {
        lock.lock();
        try {
            unconfirmed -= bytes;
            publications--;
            progressNanos = System.nanoTime();
            if (receivers == 0) {
                gone = true;
                link.end("the other instance has gone");
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The other side has granted more. */
    void granted(int bytes) {
        credit += bytes;
        room.signalAll();
    }

    /** The link has ended. */
    void wake() {
        room.signalAll();
    }

    /** Whether the broker has taken nothing for long of what it was given. */
    boolean isStuck(long nowNanos) {
        return publications > 0 && nowNanos - progressNanos > HANGS_NANOS;
    }

    /** When something was sent last, in ns. */
    long sentNanos() {
        return sentNanos;
    }

    /** Whether nobody received what was sent. */
    boolean isPeerGone() {
        return gone;
    }
}
