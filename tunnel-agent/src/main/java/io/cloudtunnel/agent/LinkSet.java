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

    /** Links beside those that are kept: their successors, until they have ended. */
    private static final int BESIDE = 2;

    private final int most;
    private final Rollover rollover;
    private final Notices notices;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Condition changed = lock.newCondition();
    private final Set<LinkSlot> placed = new HashSet<>(); // bounded by most
    // Oldest first; most + BESIDE, and those that the agent is leaving.
    private final List<LiveLink> live = new ArrayList<>();
    private boolean binary;
    private boolean ours; // a server's process has named itself
    private boolean onlyOne; // the server keeps one link of a tunnel
    private @Nullable String onlyOneAt; // the instance that does so
    private boolean over;

    private volatile boolean successor; // another agent of this program takes the tunnel over

    /**
     * No links yet.
     *
     * @param most how many it keeps in binary mode
     */
    LinkSet(int most, Rollover rollover, Notices notices) {
        this.most = most;
        this.rollover = rollover;
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
            if (placed.size() > wanted() && live.stream().anyMatch(LiveLink::isCurrent)) {
                placed.remove(slot);
            }
            while (!over && !placed.contains(slot)) {
                if (placed.size() < wanted()) {
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

    private int wanted() {
        return binary && !onlyOne ? most : 1;
    }

    // ---- Links.

    /** A link has been opened; false if it comes too late, since the agent is at its end. */
    boolean opened(LiveLink link) {
        @Nullable LiveLink surplus;
        lock.lock();
        try {
            if (over) {
                return false;
            }
            long life = link.terms().lifetime().toNanos();
            link.lasts(rollover.after(life, remaining(link.opened())));
            overtakeOlder(link);
            live.add(link);
            surplus = surplus();
            ours |= link.place() != null;
            if (!Objects.equals(link.terms().instance(), onlyOneAt)) {
                onlyOne = false;
            }
        } finally {
            lock.unlock();
        }
        if (surplus != null) {
            surplus.leaveAside(FAREWELL);
        }
        notices.linkUp();
        return true;
    }

    private List<Long> remaining(long now) {
        return live.stream()
                .filter(LiveLink::isCurrent)
                .map(each -> each.untilNext(now))
                .filter(left -> left != Rollover.NEVER)
                .toList();
    }

    /** Where the server has been restarted, the links to its former process follow. */
    private void overtakeOlder(LiveLink young) {
        LiveLink.Place place = young.place();
        if (place == null) {
            return;
        }
        for (LiveLink each : live) {
            LiveLink.Place old = each.place();
            if (each.isCurrent() && old != null && old.startedMillis() < place.startedMillis()) {
                each.overtake();
            }
        }
    }

    /** The oldest link without a place, if there are too many; each slot has one with. */
    private @Nullable LiveLink surplus() {
        long staying = live.stream().filter(each -> !each.isLeft()).count();
        return staying <= most + BESIDE
                ? null
                : live.stream()
                        .filter(each -> !each.isLeft() && !each.isCurrent())
                        .findFirst()
                        .orElse(null);
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

    /** Those that live. */
    List<LiveLink> all() {
        lock.lock();
        try {
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
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
            onlyOneAt = own ? link.terms().instance() : null;
            return own;
        } finally {
            lock.unlock();
        }
    }

    // ---- Where the public is.

    /** Whether the server is known to answer probes. */
    boolean mayProbe() {
        lock.lock();
        try {
            return binary && ours && !over;
        } finally {
            lock.unlock();
        }
    }

    /** Where the links lead that live. */
    List<LiveLink.Place> places() {
        lock.lock();
        try {
            return live.stream().map(LiveLink::place).filter(Objects::nonNull).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Whether each slot that has a place has a link. */
    boolean isSettled() {
        lock.lock();
        try {
            return live.stream().filter(LiveLink::isCurrent).count() >= placed.size();
        } finally {
            lock.unlock();
        }
    }

    /** One more link, now: by a slot that waits to dial, else by that of the oldest link. */
    void dialNow() {
        lock.lock();
        try {
            List<LiveLink> current = live.stream().filter(LiveLink::isCurrent).toList();
            if (current.size() < placed.size()) {
                placed.forEach(LinkSlot::urge);
            } else if (!current.isEmpty()) {
                current.getFirst().overtake();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Each link is followed by one with the credentials that count now. JSON mode has one link. */
    void renew() {
        lock.lock();
        try {
            live.stream()
                    .filter(each -> each.isCurrent() && each.isBinary())
                    .forEach(LiveLink::overtake);
        } finally {
            lock.unlock();
        }
    }

    // ---- The end.

    /** Another agent of this program takes the tunnel over, and this one ends soon. */
    void giveWay() {
        successor = true;
    }

    /** Whether it is meant to be that another agent takes the tunnel over. */
    boolean hasSuccessor() {
        return successor;
    }

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
