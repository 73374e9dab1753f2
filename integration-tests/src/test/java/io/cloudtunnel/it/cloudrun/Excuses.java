package io.cloudtunnel.it.cloudrun;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request to several instances may fail of: it was at a process that got SIGKILL, or it had
 * to be relayed while the broker was down. For one thread.
 */
final class Excuses {

    /** So long after the end of a process others may not have heard of it. */
    private static final long UNHEARD_NANOS = 50_000_000;

    /** What is refused at once takes at most so long. */
    private static final long AT_ONCE_NANOS = 1_000_000_000;

    /** After this time with the broker all is as if it never had been away. */
    private static final long WHOLE_NANOS = 3_000_000_000L;

    /** Until it has ended, which takes its time, a process that got SIGKILL is sent requests. */
    private record Killed(Instance owner, long endedNanos) {}

    private record Time(long fromNanos, long untilNanos) {}

    private record Outage(long fromNanos, long goneNanos, long untilNanos, Instance owner) {}

    private final Ledger ledger;
    private final List<Killed> killed = new ArrayList<>(); // a few
    private final List<Outage> outages = new ArrayList<>(); // a few
    private final List<Time> departures = new ArrayList<>(); // a few
    private final boolean isJson;

    /**
     * None yet.
     *
     * @param isJson whether agents have one link, which cannot say that it leaves
     */
    Excuses(Ledger ledger, boolean isJson) {
        this.ledger = ledger;
        this.isJson = isJson;
    }

    /** The only owner got SIGTERM, and had ended then. */
    void left(long fromNanos, long endedNanos) {
        departures.add(new Time(fromNanos, endedNanos));
    }

    /** The only owner got SIGKILL, and at this time it had ended. */
    void killed(Instance owner, long endedNanos) {
        killed.add(new Killed(owner, endedNanos));
    }

    /**
     * The broker was away, and only this instance had links.
     *
     * @param fromNanos when the first of its processes was stopped
     * @param goneNanos when the last had ended
     * @param untilNanos when it was there again
     */
    void outage(long fromNanos, long goneNanos, long untilNanos, Instance owner) {
        outages.add(new Outage(fromNanos, goneNanos, untilNanos, owner));
    }

    /** Whether a request that failed was allowed to. */
    boolean excuse(Outcome each) {
        return reason(each) != null;
    }

    /** By what a request is excused; null where it is by nothing. */
    @Nullable String reason(Outcome each) {
        Instance asked = ledger.to(each.number());
        for (Killed dead : killed) {
            boolean ended = each.endNanos() - dead.owner.killedNanos() >= 0;
            if (ended && dead.owner.equals(asked)) {
                return "asked who got SIGKILL";
            }
            if (ended && each.dueNanos() - dead.endedNanos < UNHEARD_NANOS) {
                return "relayed to who got SIGKILL";
            }
        }
        for (Time departure : departures) {
            if (isJson && isAt(departure, each)) {
                return "on a JSON link that ended";
            }
        }
        for (Outage outage : outages) {
            if (!outage.owner.equals(asked) && isOf(outage, each)) {
                return "relayed while the broker was down";
            }
        }
        return null;
    }

    private static boolean isAt(Time departure, Outcome each) {
        return each.endNanos() - departure.fromNanos >= 0
                && each.dueNanos() - departure.untilNanos < WHOLE_NANOS;
    }

    /** Cut off when it was lost, or refused at once later. */
    private static boolean isOf(Outage outage, Outcome each) {
        boolean before = each.dueNanos() - outage.goneNanos < 0;
        if (before && each.endNanos() - outage.fromNanos >= 0) {
            return true;
        }
        return each.isWithin(outage.fromNanos, outage.untilNanos + WHOLE_NANOS)
                && each.failure().contains(" 503 ")
                && each.failure().contains("broker-unavailable")
                && each.nanos() < AT_ONCE_NANOS;
    }
}
