package io.cloudtunnel.server.registry;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which link of a tunnel takes the place of which; docs/protocol.md, sections 4.8 and 8.3. Safe for
 * use by several threads.
 *
 * <p>An agent that was replaced once is not exclusive any more, whatever its further links say:
 * else two agents that both want the tunnel for themselves would take it from each other for ever.
 */
final class TakeOver {

    /** Agents that were replaced and are remembered; beyond it the oldest are forgotten. */
    static final int MOST = 64;

    private final Object monitor = new Object(); // held over replaced(), which does not block
    private final Set<String> replaced = new LinkedHashSet<>(); // agents, at most MOST

    /**
     * A link in JSON mode has come: the one of its kind before it leaves, unless it has to itself.
     * One that came after it stays: of two that come at the same moment, one has the tunnel.
     */
    void json(AgentLink link, TunnelLinks links) {
        synchronized (monitor) {
            List<AgentLink> all = links.all();
            if (all.stream().anyMatch(other -> isOwner(other))) {
                replace(link);
            } else {
                List<AgentLink> older = all.subList(0, Math.max(0, all.indexOf(link)));
                replace(older, other -> !other.carriesInterim());
            }
        }
    }

    /** The agent of a link in binary mode has said who it is, and whether it wants all. */
    void greeted(AgentLink link, List<AgentLink> all) {
        synchronized (monitor) {
            Predicate<AgentLink> others = other -> other.isKnown() && !isSameAgent(other, link);
            if (link.isExclusive() && !replaced.contains(link.agent())) {
                replace(all, others); // those that are not known yet get their turn when they are
            } else if (all.stream().anyMatch(other -> others.test(other) && isOwner(other))) {
                replace(link);
            }
        }
    }

    /** The agent that has the tunnel for itself among those of this instance; null if none has. */
    @Nullable String exclusive(List<AgentLink> all) {
        synchronized (monitor) {
            for (AgentLink link : all) {
                if (isOwner(link)) {
                    return link.agent();
                }
            }
            return null;
        }
    }

    /**
     * An agent of another instance has the tunnel for itself; or one that was replaced does not.
     */
    void elsewhere(List<AgentLink> all, Predicate<AgentLink> loses) {
        synchronized (monitor) {
            replace(all, link -> link.isKnown() && loses.test(link));
        }
    }

    private static boolean isSameAgent(AgentLink one, AgentLink other) {
        return one.carriesInterim() && one.agent().equals(other.agent());
    }

    private boolean isOwner(AgentLink link) {
        return link.isExclusive() && link.takesRequests() && !replaced.contains(link.agent());
    }

    private void replace(List<AgentLink> all, Predicate<AgentLink> which) {
        for (AgentLink other : all) {
            if (which.test(other) && other.takesRequests()) {
                replace(other);
            }
        }
    }

    private void replace(AgentLink link) {
        if (link.carriesInterim()) {
            if (replaced.size() >= MOST) {
                replaced.remove(replaced.iterator().next());
            }
            replaced.add(link.agent());
        }
        link.replaced();
    }
}
