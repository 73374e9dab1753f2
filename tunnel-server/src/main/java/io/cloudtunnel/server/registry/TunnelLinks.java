package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.server.access.Guard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The links of one tunnel, the oldest first, and the choice among them; docs/protocol.md, 8.3. Safe
 * for use by several threads: a choice looks at one array, without a lock.
 */
final class TunnelLinks {

    private static final AgentLink[] NONE = new AgentLink[0];

    private final Predicate<AgentLink> mayServe;
    private volatile AgentLink[] links = NONE; // never changed, but replaced; bounded by places
    private volatile boolean mixed; // links of both modes

    /**
     * No links yet.
     *
     * @param mayServe whether a link's agent may be sent requests at all; takes no lock
     */
    TunnelLinks(Predicate<AgentLink> mayServe) {
        this.mayServe = mayServe;
    }

    private boolean serves(AgentLink link) {
        return link.takesRequests() && mayServe.test(link);
    }

    /** Adds the youngest. Not for two threads at a time. */
    void add(AgentLink link) {
        AgentLink[] more = Arrays.copyOf(links, links.length + 1);
        more[links.length] = link;
        set(more);
    }

    /** Removes one; says whether none is left. Not for two threads at a time. */
    boolean remove(AgentLink link) {
        set(Arrays.stream(links).filter(one -> !one.equals(link)).toArray(AgentLink[]::new));
        return links.length == 0;
    }

    private void set(AgentLink[] now) {
        long interim = Arrays.stream(now).filter(AgentLink::carriesInterim).count();
        mixed = interim != 0 && interim != now.length;
        links = now;
    }

    /** All of them at this moment. */
    List<AgentLink> all() {
        return List.of(links);
    }

    /** Who may use the tunnel, as the agents of all links have said; mostly nobody has. */
    List<Guard> guards() {
        List<Guard> guards = List.of();
        for (AgentLink link : links) {
            Guard guard = link.guard();
            if (guard != null && !guards.contains(guard)) {
                List<Guard> more = new ArrayList<>(guards);
                more.add(guard);
                guards = more;
            }
        }
        return guards;
    }

    /** How many get requests. */
    int usable() {
        int count = 0;
        for (AgentLink link : links) {
            count += serves(link) ? 1 : 0;
        }
        return count;
    }

    /** Whether one of those that get requests passes interim responses on. */
    boolean carriesInterim() {
        for (AgentLink link : links) {
            if (link.carriesInterim() && serves(link)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The link for a request, null if there is none: the least loaded one; the youngest for what
     * may take long. One that has said hello goes before one that has not, and what JSON mode would
     * lose goes to a link in binary mode where there is one.
     */
    @Nullable AgentLink choose(RequestHead head, long bodyLength) {
        AgentLink[] now = links;
        if (now.length == 1) {
            return serves(now[0]) ? now[0] : null;
        }
        return choose(now, head, bodyLength, null);
    }

    /** The same among those that a condition holds for. */
    @Nullable AgentLink choose(RequestHead head, long bodyLength, Predicate<AgentLink> condition) {
        return choose(links, head, bodyLength, condition);
    }

    private @Nullable AgentLink choose(
            AgentLink[] from,
            RequestHead head,
            long bodyLength,
            @Nullable Predicate<AgentLink> condition) {
        boolean byAge = bodyLength == Exchange.UNKNOWN_LENGTH || head.fields().contains("Upgrade");
        boolean binary = mixed && needsBinary(head);
        AgentLink best = null;
        int bestRank = 0;
        int bestLoad = 0;
        for (int i = from.length - 1; i >= 0; i--) { // so the youngest of equal ones
            AgentLink link = from[i];
            if (serves(link) && (condition == null || condition.test(link))) {
                int rank = (link.isReady() ? 1 : 0) + (binary && link.carriesInterim() ? 2 : 0);
                int load = byAge ? 0 : link.openExchanges();
                if (best == null || rank > bestRank || (rank == bestRank && load < bestLoad)) {
                    best = link;
                    bestRank = rank;
                    bestLoad = load;
                }
            }
        }
        return best;
    }

    private static boolean needsBinary(RequestHead head) {
        return head.fields().contains("Upgrade")
                || head.fields().contains("Expect")
                || head.fields().contains("TE");
    }
}
