package io.cloudtunnel.server.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pair credit that an instance hands out: what all others together may have on their way to it;
 * docs/relay.md, section 3. Safe for use by several threads.
 *
 * <p>Its parts: the least of each relay link, which is never lent; what windows grow out of; and
 * what is lent for one message at a time, which comes back with that message, so that whoever waits
 * for some gets it.
 */
final class CreditPool {

    static final int LEAST = 16 * 1024;
    static final int MOST_WINDOW = 1 << 20;
    static final int MOST_LINKS = 192;
    static final int FOR_WINDOWS = 2 << 20;
    static final int FOR_MESSAGES = 1 << 20;

    private static final long UNWANTED_NANOS = 1_000_000_000L;

    private final LongSupplier nanoTime;
    private final Object monitor = new Object(); // guards all that follows; held for memory only
    private final ArrayDeque<Share> waiting = new ArrayDeque<>(); // each share at most once
    private int links;
    private int lentToWindows;
    private int lentToMessages;

    /** Told of new credit, with no lock of the pool held. Does not block. */
    interface Grant {
        void granted(int bytes);
    }

    CreditPool(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A share for one more link, which holds the least from the start; null if there is none. */
    @Nullable Share tryOpen(Grant grant) {
        synchronized (monitor) {
            if (links >= MOST_LINKS) {
                return null;
            }
            links++;
            return new Share(grant);
        }
    }

    /** All that is granted and not taken can be no more than this, in bytes. */
    static int mostBytes() {
        return MOST_LINKS * LEAST + FOR_WINDOWS + FOR_MESSAGES;
    }

    private record Granted(Share to, int bytes) {}

    private static void tell(List<Granted> all) {
        all.forEach(one -> one.to.grant.granted(one.bytes));
    }

    /** What one relay link may have on its way. */
    final class Share {
        private final Grant grant;
        private int window = LEAST;
        private int granted = LEAST; // and not taken yet
        private int queued; // of these, what has come
        private int lent; // beyond the window, for a message
        private int wanted;
        private long wantedNanos = nanoTime.getAsLong();
        private boolean closed;

        private Share(Grant grant) {
            this.grant = grant;
        }

        /** A message of so many bytes has come; false if that is more than was granted. */
        boolean tryArrive(int bytes) {
            synchronized (monitor) {
                if (bytes > granted - queued) {
                    return false;
                }
                queued += bytes;
                return true;
            }
        }

        /** A message of so many bytes was filed. */
        void taken(int bytes) {
            List<Granted> grants = new ArrayList<>(1);
            synchronized (monitor) {
                if (closed) {
                    return;
                }
                granted -= bytes;
                queued -= bytes;
                giveBack();
                if (!shrinks() && granted <= window / 2) {
                    give(window - granted, grants);
                }
                serve(grants);
            }
            tell(grants);
        }

        /** The sender has a message of so many bytes, and too little for it. */
        void want(int bytes) {
            List<Granted> grants = new ArrayList<>(1);
            synchronized (monitor) {
                if (closed) {
                    return;
                }
                wantedNanos = nanoTime.getAsLong();
                grow();
                if (granted < window) {
                    give(window - granted, grants);
                }
                if (granted - queued < bytes) {
                    wanted = bytes;
                    if (!waiting.contains(this)) {
                        waiting.addLast(this);
                    }
                    serve(grants);
                }
            }
            tell(grants);
        }

        /** Nothing more comes. */
        void close() {
            List<Granted> grants = new ArrayList<>();
            synchronized (monitor) {
                if (closed) {
                    return;
                }
                closed = true;
                waiting.remove(this);
                links--;
                lentToWindows -= window - LEAST;
                lentToMessages -= lent;
                serve(grants);
            }
            tell(grants);
        }

        /** What is granted cannot be taken back: a window shrinks once it is used up. */
        private boolean shrinks() {
            if (window == LEAST || nanoTime.getAsLong() - wantedNanos <= UNWANTED_NANOS) {
                return false;
            }
            if (granted > LEAST) {
                return true;
            }
            lentToWindows -= window - LEAST;
            window = LEAST;
            return false;
        }

        private void grow() {
            int more = Math.min(window, MOST_WINDOW - window);
            if (more > 0 && lentToWindows + more <= FOR_WINDOWS) {
                lentToWindows += more;
                window += more;
                giveBack();
            }
        }

        private void giveBack() {
            int needed = Math.max(0, Math.min(lent, granted - window));
            lentToMessages -= lent - needed;
            lent = needed;
        }

        private void give(int bytes, List<Granted> grants) {
            granted += bytes;
            grants.add(new Granted(this, bytes));
        }
    }

    private void serve(List<Granted> grants) {
        while (!waiting.isEmpty()) {
            Share next = waiting.getFirst();
            int needed = next.wanted + next.queued;
            int more = needed - next.window - next.lent;
            if (more > 0) {
                if (lentToMessages + more > FOR_MESSAGES) {
                    return;
                }
                lentToMessages += more;
                next.lent += more;
            }
            waiting.removeFirst();
            if (next.granted < needed) {
                next.give(needed - next.granted, grants);
            }
        }
    }
}
