package io.cloudtunnel.server.connection;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The streams of an HTTP/2 connection whose requests were answered without the rest of their
 * bodies, which is reset: what was on its way then still comes, and is dropped. A client that heeds
 * the reset sends nothing that would tell the end of it, so the oldest are forgotten. Of a stream
 * that is forgotten nothing may come: Helidon ends the connection then. Safe for use by several
 * threads.
 */
final class DiscardedStreams {

    /** Ahead of each there are so many others that what was on its way has come. */
    static final int MOST = 1000;

    private final SequencedSet<Integer> ids = new LinkedHashSet<>(); // MOST, the oldest first

    synchronized void add(int id) {
        if (ids.add(id) && ids.size() > MOST) {
            ids.removeFirst();
        }
    }

    synchronized void remove(int id) {
        ids.remove(id);
    }

    synchronized boolean contains(int id) {
        return ids.contains(id);
    }
}
