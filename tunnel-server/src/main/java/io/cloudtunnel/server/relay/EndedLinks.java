package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Relay links that have ended here, for as long as the other instance may not know it: a message
 * names no sender, so only who remembers can answer. Safe for use by several threads.
 */
final class EndedLinks {

    /** That are remembered; beyond it the oldest are forgotten. */
    static final int MOST = 1024;

    /** Longer than the other instance goes on while it hears nothing. */
    static final Duration REMEMBERED = RelayLink.SILENCE.plusSeconds(4);

    /** Between two answers to one link: the first may have been lost. */
    static final Duration BETWEEN = Duration.ofMillis(100);

    private final Map<Long, Ended> links = new LinkedHashMap<>(); // the oldest first; the monitor

    /** One of them. */
    private static final class Ended {
        private final String peer;
        private final long sinceNanos;
        private boolean answered;
        private long answeredNanos;

        Ended(String peer, long sinceNanos) {
            this.peer = peer;
            this.sinceNanos = sinceNanos;
        }
    }

    /** A link has ended; it may be said several times. */
    synchronized void add(long link, String peer, long nowNanos) {
        if (links.putIfAbsent(link, new Ended(peer, nowNanos)) == null && links.size() > MOST) {
            Iterator<Long> oldest = links.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /**
     * Something came on a link that has ended.
     *
     * @return the instance that has to be told; null if it was told just now, or is not known
     */
    synchronized @Nullable String toTell(long link, long nowNanos) {
        Ended ended = links.get(link);
        if (ended == null
                || (ended.answered && nowNanos - ended.answeredNanos < BETWEEN.toNanos())) {
            return null;
        }
        ended.answered = true;
        ended.answeredNanos = nowNanos;
        return ended.peer;
    }

    /** Forgets those whose other side has noticed by itself. */
    synchronized void look(long nowNanos) {
        links.values().removeIf(one -> nowNanos - one.sinceNanos > REMEMBERED.toNanos());
    }
}
