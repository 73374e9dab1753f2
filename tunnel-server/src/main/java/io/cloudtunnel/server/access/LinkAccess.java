package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last gate before an agent: what its link asks of requests. Whichever way a request came, it
 * is checked here, against what this very link has said. Safe for use by several threads.
 */
public final class LinkAccess {

    private static final String NONE = "-";

    private final Guards guards;
    private final String wantedHash; // that of the secret
    private volatile @Nullable Guard guard;
    private volatile @Nullable String problem; // why nothing can be let through

    LinkAccess(Guards guards, String wantedHash) {
        this.guards = guards;
        this.wantedHash = wantedHash;
        if (!wantedHash.equals(NONE)) {
            problem = "this link has not the policy that its secret asks for";
        }
    }

    /**
     * Takes the policy that an agent has said; does not block.
     *
     * @param policy empty for none
     * @return what is wrong with it, null if nothing is. Until it is right nothing is let through
     */
    public @Nullable String take(String policy) {
        if (!wantedHash.equals(NONE) && !Guards.hash(policy).equals(wantedHash)) {
            return problem;
        }
        if (!policy.isEmpty()) {
            try {
                guard = guards.guard(policy);
            } catch (IllegalArgumentException e) {
                String wrong = String.valueOf(e.getMessage());
                problem = wrong;
                return wrong;
            }
        }
        problem = null;
        return null;
    }

    /** The guard, where there is one. */
    public @Nullable Guard guard() {
        return guard;
    }

    /**
     * Lets a request through to the agent.
     *
     * @param others the guards of the tunnel's other links, which have to be satisfied, too
     * @return what the agent gets: without what is between instances, and without credentials that
     *     were checked, unless all who checked them say otherwise
     * @throws ExchangeException if it may not come in; nothing of it was sent then
     */
    public RequestHead admit(RequestHead head, List<Guard> others)
            throws ExchangeException, InterruptedException {
        String wrong = problem;
        if (wrong != null) {
            throw Guards.unavailable(wrong);
        }
        Fields fields = head.fields();
        Guard own = guard;
        boolean removes = false;
        if (own != null || !others.isEmpty()) {
            String client = fields.first(AccessFields.CLIENT);
            IpAddress address = client == null ? null : IpAddress.ofClient(client);
            if (own != null) {
                removes = own.admit(address, fields);
            }
            for (Guard other : others) {
                if (!other.equals(own)) {
                    removes |= other.admit(address, fields);
                }
            }
        }
        return head.with(AccessFields.bare(fields, removes));
    }
}
