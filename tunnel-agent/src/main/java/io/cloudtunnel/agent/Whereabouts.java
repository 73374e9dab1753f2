package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Presence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
        /** Nothing: several instances serve, which is said once in a while. */
        SEVERAL
    }

    private static final int MOST = 16;

    /** Dialled so often for an instance without reaching it: others take what is dialled. */
    private static final int IN_VAIN = 3;

    /** Answered so often, by turns with others, since there are several. */
    private static final int MOST_TURNS = 3;

    /** Then again now and then: it may be the one that the public is being led to by and by. */
    private static final long SELDOM = TimeUnit.MINUTES.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private static final long LATELY = TimeUnit.MINUTES.toNanos(10);

    private final Map<String, Long> held = new LinkedHashMap<>(); // instance, when last; MOST
    private final Map<String, Integer> turns = new LinkedHashMap<>(); // how often it began; MOST
    private final Map<String, Integer> dialled = new LinkedHashMap<>(); // how often for it; MOST
    private final Map<String, Long> several = new LinkedHashMap<>(); // when to dial again; MOST
    private @Nullable String answeredLast;
    private boolean said;
    private long saidAt;

    /**
     * Judges an answer.
     *
     * @param live where the links lead that live
     * @param settled whether no link is missing
     */
    Verdict judge(Presence answer, List<LiveLink.Place> live, boolean settled, long now) {
        noteTurn(answer.instance());
        boolean served = answer.links() > 0 && (live.isEmpty() || !isLater(answer, live));
        Verdict verdict = served ? Verdict.FINE : absent(answer, live, settled, now);
        remember(live, now);
        return verdict;
    }

    /** Where the public moves from one instance to another, none of them answers again. */
    private void noteTurn(String instance) {
        if (!instance.equals(answeredLast)) {
            turns.merge(instance, 1, Integer::sum);
            forgetOldest(turns);
            answeredLast = instance;
        }
    }

    private Verdict absent(Presence answer, List<LiveLink.Place> live, boolean settled, long now) {
        String instance = answer.instance();
        Long dialAgain = several.get(instance);
        if (dialAgain != null) {
            if (!settled || dialAgain == NEVER || now - dialAgain < 0) {
                return Verdict.FINE;
            }
            several.put(instance, now + SELDOM);
            return isLater(answer, live) ? Verdict.DIAL : Verdict.FINE;
        }
        Long last = held.get(instance);
        boolean elsewhere = live.stream().anyMatch(each -> !each.instance().equals(instance));
        boolean heldLately = last != null && now - last <= LATELY;
        boolean inVain = dialled.getOrDefault(instance, 0) >= IN_VAIN;
        boolean byTurns = turns.getOrDefault(instance, 0) > MOST_TURNS;
        if (settled && elsewhere && (heldLately || inVain || byTurns)) {
            several.put(instance, heldLately ? NEVER : now + SELDOM);
            forgetOldest(several);
            dialled.remove(instance);
            boolean told = said && now - saidAt <= LATELY;
            said = true;
            saidAt = told ? saidAt : now;
            return told ? Verdict.FINE : Verdict.SEVERAL;
        }
        if (!isLater(answer, live)) {
            return Verdict.FINE;
        }
        if (elsewhere) {
            dialled.merge(instance, 1, Integer::sum);
            forgetOldest(dialled);
        }
        return Verdict.DIAL;
    }

    private static boolean isLater(Presence answer, List<LiveLink.Place> live) {
        return live.stream().allMatch(each -> answer.startedMillis() > each.startedMillis());
    }

    private static void forgetOldest(Map<String, ?> map) {
        while (map.size() > MOST) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /** After judging: what was opened while the question was on its way is no contradiction. */
    private void remember(List<LiveLink.Place> live, long now) {
        for (LiveLink.Place each : live) {
            held.remove(each.instance());
            held.put(each.instance(), now);
            dialled.remove(each.instance());
        }
        forgetOldest(held);
    }
}
