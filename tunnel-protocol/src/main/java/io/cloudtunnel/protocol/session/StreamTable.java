package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.ProtocolException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session that are open, and which ids may still be; docs/protocol.md, section 7.
 * Safe for use by several threads; locks are held for memory only, but for {@link #open}.
 */
final class StreamTable {

    private final Map<Integer, Stream> open = new ConcurrentHashMap<>(); // bounded by the hellos

    private final Object monitor = new Object(); // guards what follows
    private int highestId;
    private int lastAccepted = Integer.MAX_VALUE; // by go-away
    private volatile boolean noMore; // written with the monitor held, as the next one
    private volatile @Nullable ExchangeException ended;

    /**
     * Draws the next id and sends what opens the stream, so that ids go out in their order.
     *
     * @return null if the session has ended, or has no id left
     */
    @Nullable ServerStream open(ServerStream.Opening opening) throws ProtocolException {
        synchronized (monitor) {
            if (ended != null || noMore) {
                return null;
            }
            highestId++;
            noMore = highestId == Integer.MAX_VALUE;
            return opening.open(highestId);
        }
    }

    /** The peer accepts streams up to this one: from now on none is opened. */
    void stopOpening(int last) throws ProtocolException {
        synchronized (monitor) {
            if (last > lastAccepted) {
                throw new ProtocolException("frame-out-of-order");
            }
            lastAccepted = last;
        }
        stopOpening();
    }

    void stopOpening() {
        synchronized (monitor) {
            noMore = true;
        }
    }

    /** Whether this side still opens some. */
    boolean opens() {
        return !noMore && ended == null;
    }

    /** From now on no stream of the peer's is accepted; returns the last one that was. */
    int stopAccepting() {
        synchronized (monitor) {
            lastAccepted = Math.min(lastAccepted, highestId);
            return lastAccepted;
        }
    }

    /** Takes note of an id that the peer opens; false if our go-away has refused it. */
    boolean opened(int id) throws ProtocolException {
        synchronized (monitor) {
            if (id <= highestId) {
                throw new ProtocolException("stream-not-new");
            }
            highestId = id;
            return id <= lastAccepted;
        }
    }

    /** A stream that is held, null for one that has ended. */
    @Nullable Stream find(int id) throws ProtocolException {
        Stream stream = open.get(id);
        if (stream == null) {
            synchronized (monitor) {
                if (id > highestId) {
                    throw new ProtocolException("stream-never-opened");
                }
            }
        }
        return stream;
    }

    void hold(Stream stream) {
        open.put(stream.id(), stream);
        ExchangeException late = ended;
        if (late != null) { // the session ended meanwhile, and may have missed this stream
            stream.sessionEnded(late, 0); // and what would have opened it comes too late
        }
    }

    void remove(Stream stream) {
        open.remove(stream.id());
    }

    /** Those that are held; goes on changing. */
    Collection<Stream> all() {
        return open.values();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** The session has ended: none is opened any more. The first reason wins. */
    void refuseAll(ExchangeException reason) {
        synchronized (monitor) {
            if (ended == null) {
                ended = reason;
            }
        }
    }

    /** Why the session has ended, null while it lives. */
    @Nullable ExchangeException ended() {
        return ended;
    }
}
