package io.cloudtunnel.agent;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which links of an agent live, and how many it keeps; docs/protocol.md, section 8.3. A slot needs
 * a place here before it dials: there is one until a link is known to be in binary mode, and one
 * only in JSON mode. Safe for use by several threads; the lock is held for memory only.
 */
final class LinkSet {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** For the requests of a link whose place another one takes. */
    private static final Duration FAREWELL = Duration.ofSeconds(30);

    private final int most;
    private final Notices notices;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Condition changed = lock.newCondition();
    private final Set<LinkSlot> placed = new HashSet<>(); // bounded by most
    private final List<LiveLink> live = new ArrayList<>(); // oldest first; bounded by makeRoom
    private boolean binary;
    private boolean onlyOne; // the server keeps one link of a tunnel
    private @Nullable String onlyOneAt; // the instance that does so
    private boolean over;

    /**
     * No links yet.
     *
     * @param most how many it keeps in binary mode
     */
    LinkSet(int most, Notices notices) {
        this.most = most;
        this.notices = notices;
    }

    // ---- Places.

    /**
     * Waits until a slot has a place: without limit, since it may never be needed. One that has a
     * place keeps it, unless there are fewer now and another one's link lives.
     *
     * @return false if the agent is at its end
     */
    boolean claim(LinkSlot slot) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (placed.size() > places() && live.stream().anyMatch(LiveLink::isCurrent)) {
                placed.remove(slot);
            }
            while (!over && !placed.contains(slot)) {
                if (placed.size() < places()) {
                    placed.add(slot);
                } else {
                    changed.await();
                }
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    private int places() {
        return binary && !onlyOne ? most : 1;
    }

    // ---- Links.

    /** A link has been opened; false if it comes too late, since the agent is at its end. */
    boolean opened(LiveLink link) {
        lock.lock();
        try {
            if (over) {
                return false;
            }
            live.add(link);
            if (!Objects.equals(link.instance(), onlyOneAt)) {
                onlyOne = false;
            }
        } finally {
            lock.unlock();
        }
        notices.linkUp();
        return true;
    }

    /** A link has ended. */
    void ended(LiveLink link) {
        lock.lock();
        try {
            if (!live.remove(link)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        notices.linkDown();
    }

    /** Whether any link lives. */
    boolean anyLives() {
        lock.lock();
        try {
            return !live.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    // ---- What the server is like.

    /** A link has turned out to be in binary mode, so there may be more of them. */
    void isBinary() {
        lock.lock();
        try {
            binary = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** This link has turned out to be in JSON mode, which has one link: all others are ended. */
    void isJson(LiveLink link) {
        List<LiveLink> others;
        lock.lock();
        try {
            binary = false;
            others = live.stream().filter(each -> each != link).toList();
        } finally {
            lock.unlock();
        }
        others.forEach(each -> each.leaveAside(FAREWELL));
    }

    /**
     * The server has closed this link because a newer one has come.
     *
     * @return whether that one is the agent's own: then the server keeps one link of a tunnel
     */
    boolean replacedByOwn(LiveLink link) {
        lock.lock();
        try {
            boolean own =
                    live.stream().anyMatch(each -> each != link && each.opened() >= link.opened());
            if (own && !onlyOne) {
                LOGGER.log(Level.INFO, "the server keeps one link of a tunnel, so there is one");
            }
            onlyOne = own;
            onlyOneAt = own ? link.instance() : null;
            return own;
        } finally {
            lock.unlock();
        }
    }

    // ---- The end.

    /** No more places and links; returns those that live. */
    List<LiveLink> end() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the end has come. */
    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }
}
