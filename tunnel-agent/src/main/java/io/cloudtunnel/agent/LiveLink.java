package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Dialled;
import io.cloudtunnel.agent.connect.LinkTerms;
import io.cloudtunnel.protocol.frame.Reason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One link, from its 101 to its end, on a thread of its own; the reader of docs/concurrency.md. Its
 * slot is woken when something happens, and looks here at what. Safe for use by several threads.
 */
final class LiveLink implements Serving.Watcher {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /**
     * Where the server sets none: what is open has no limit either, but a link that is left has.
     */
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);

    private final LinkSet links;
    private final Serving.OneLink link;
    private final Dialled.Open dialled;
    private final long opened;
    private final Runnable wakeSlot;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);

    private volatile boolean left;
    private volatile boolean binary;
    private volatile boolean current = true; // its slot has no newer one
    private volatile boolean overtaken;
    private volatile long lasts = Rollover.NEVER; // from its 101 until its slot's next one
    private volatile @Nullable Reason leaving;
    private volatile @Nullable String ending;

    /**
     * A link that has just been opened.
     *
     * @param opened when, as {@link Pace} counts
     * @param wakeSlot does not block
     */
    LiveLink(LinkSet links, Serving serving, Dialled.Open dialled, long opened, Runnable wakeSlot) {
        this.links = links;
        this.link = serving.on(dialled, this);
        this.dialled = dialled;
        this.opened = opened;
        this.wakeSlot = wakeSlot;
        this.thread = Thread.ofVirtual().name("tunnel-link").unstarted(this::run);
    }

    /** Carries out requests until the link ends. */
    void start() {
        thread.start();
    }

    private void run() {
        String why = "a defect of the agent";
        try {
            why = link.run();
        } finally {
            ending = why;
            if (!current) { // else its slot says what follows from it
                LOGGER.log(Level.INFO, "a link that another one has replaced is over: {0}", why);
            }
            links.ended(this);
            wakeSlot.run();
            over.countDown();
        }
    }

    // ---- What happens on it, told by its thread.

    @Override
    public void binary() {
        binary = true;
        links.isBinary();
        wakeSlot.run();
    }

    @Override
    public void json() {
        links.isJson(this);
    }

    @Override
    public void leaving(long millis, Reason reason) {
        leaving = reason;
        wakeSlot.run();
    }

    // ---- What its slot looks at.

    /** When it was opened. */
    long opened() {
        return opened;
    }

    /** Whether it is in binary mode, as far as is known. */
    boolean isBinary() {
        return binary;
    }

    /** What the server said of itself and of the link. */
    LinkTerms terms() {
        return dialled.terms();
    }

    /**
     * Where a link leads.
     *
     * @param instance the server's process
     * @param startedMillis when that started, in milliseconds since 1970
     */
    record Place(String instance, long startedMillis) {}

    /** Where it leads; null where that is not known. */
    @Nullable Place place() {
        String instance = terms().instance();
        return instance == null ? null : new Place(instance, terms().startedMillis());
    }

    /** Sets when its slot dials the next one, counted from its 101. */
    void lasts(long nanos) {
        lasts = nanos;
    }

    /** How long until its slot dials the next one. */
    long untilNext(long now) {
        if (overtaken) {
            return 0;
        }
        return lasts == Rollover.NEVER ? Rollover.NEVER : lasts - (now - opened);
    }

    /** The public is elsewhere: its slot is to dial another one now. */
    void overtake() {
        overtaken = true;
        wakeSlot.run();
    }

    /** Whether this one, which carries requests now, takes over all that another one would get. */
    boolean succeeds(LiveLink old) {
        return binary && Objects.equals(place(), old.place());
    }

    /**
     * How much of its lifetime is left; where that is not limited, long enough for what is open.
     */
    Duration remaining(long now) {
        Duration lifetime = terms().lifetime();
        if (lifetime.isZero()) {
            return LONGEST_LIFE;
        }
        Duration left = lifetime.minusNanos(now - opened);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Why it ended; null while it lives. */
    @Nullable String ending() {
        return ending;
    }

    /** The code of the server's close frame. */
    int closeCode() {
        return link.closeCode();
    }

    /** What the server said of its end; null while it said nothing. */
    @Nullable Reason leaving() {
        return leaving;
    }

    /** Whether it has no newer one beside it in its slot. */
    boolean isCurrent() {
        return current;
    }

    /** Its slot dials another one; this one goes on until its end. */
    void retire() {
        current = false;
    }

    /** Whether the agent itself has begun to end it. */
    boolean isLeft() {
        return left;
    }

    // ---- Its end, by the agent.

    /**
     * Takes no more requests, waits for those that are open, but not for long, and closes. May be
     * called again.
     */
    void leave(Duration atMost) throws InterruptedException {
        left = true;
        link.leave(atMost);
    }

    /** The same, on a thread of its own, which is returned. */
    Thread leaveAside(Duration atMost) {
        return Thread.ofVirtual()
                .name("tunnel-leave")
                .start(() -> {
                    try {
                        leave(atMost);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /** Waits for its end; where that does not come in time, cuts it. */
    void join(Duration atMost) throws InterruptedException {
        if (!over.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            thread.interrupt(); // which closes the socket that it reads
        }
    }
}
