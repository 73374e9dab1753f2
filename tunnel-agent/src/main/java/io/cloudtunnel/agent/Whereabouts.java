package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Presence;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What an agent concludes from where the public is: docs/protocol.md, section 8.4. Times are in
 * nanoseconds of any clock. For one thread.
 */
final class Whereabouts {

    /** What to do. */
    enum Verdict {
        /** Nothing. */
        FINE,
        /** Dial another link at once. */
        DIAL,
        /** Nothing, now and later: several instances serve, which is said once for each. */
        SEVERAL
    }

    private static final int MOST = 16;
    private static final long LATELY = TimeUnit.MINUTES.toNanos(10);

    private final Map<String, Long> held = new LinkedHashMap<>(); // instance, when last; MOST
    private final Set<String> several = new HashSet<>(); // bounded by MOST, then all are dropped

    /**
     * Judges an answer.
     *
     * @param live where the links lead that live
     * @param settled whether no link is missing
     */
    Verdict judge(Presence answer, List<LiveLink.Place> live, boolean settled, long now) {
        Verdict verdict =
                answer.links() > 0 ? present(answer, live) : absent(answer, live, settled, now);
        remember(live, now);
        return verdict;
    }

    /** Links, perhaps those of another agent: then this one follows. */
    private static Verdict present(Presence answer, List<LiveLink.Place> live) {
        return !live.isEmpty() && isLater(answer, live) ? Verdict.DIAL : Verdict.FINE;
    }

    private static boolean isLater(Presence answer, List<LiveLink.Place> live) {
        return live.stream().allMatch(each -> answer.startedMillis() > each.startedMillis());
    }

    private Verdict absent(Presence answer, List<LiveLink.Place> live, boolean settled, long now) {
        String instance = answer.instance();
        if (several.contains(instance)) {
            return Verdict.FINE;
        }
        Long last = held.get(instance);
        boolean elsewhere = live.stream().anyMatch(each -> !each.instance().equals(instance));
        if (settled && elsewhere && last != null && now - last <= LATELY) {
            if (several.size() >= MOST) {
                several.clear();
            }
            several.add(instance);
            return Verdict.SEVERAL;
        }
        return isLater(answer, live) ? Verdict.DIAL : Verdict.FINE;
    }

    /** After judging: what was opened while the question was on its way is no contradiction. */
    private void remember(List<LiveLink.Place> live, long now) {
        for (LiveLink.Place each : live) {
            held.remove(each.instance());
            held.put(each.instance(), now);
        }
        while (held.size() > MOST) {
            held.remove(held.keySet().iterator().next());
        }
    }
}
