package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.IpAddress;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last gate before an agent: what its link asks of requests. Whichever way a request came, it
 * is checked here, against what this very link has said. Safe for use by several threads.
 */
public final class LinkAccess {

    private static final String NONE = "-";

    /** What the values of a policy take in memory for each character that it was written with. */
    private static final int BYTES_PER_CHARACTER = 16;

    /** What the keys of its issuer may take: links of one tunnel share them. */
    private static final int KEY_BYTES = 128 * 1024;

    private final Guards guards;
    private final String wantedHash; // that of the secret
    private final MemoryBudget budget;
    private int reserved; // of the thread that receives
    private volatile @Nullable Guard guard;
    private volatile @Nullable String problem; // why nothing can be let through

    LinkAccess(Guards guards, String wantedHash, MemoryBudget budget) {
        this.guards = guards;
        this.budget = budget;
        this.wantedHash = wantedHash;
        if (!wantedHash.equals(NONE)) {
            problem = "this link has not the policy that its secret asks for";
        }
    }

    /**
     * Takes the policy that an agent has said, once; does not block.
     *
     * @param policy empty for none
     * @return what is wrong with it, null if nothing is. Until it is right nothing is let through
     */
    public @Nullable String take(String policy) {
        if (!wantedHash.equals(NONE) && !Guards.hash(policy).equals(wantedHash)) {
            return problem;
        }
        if (!policy.isEmpty()) {
            String wrong = understand(policy);
            if (wrong != null) {
                problem = wrong;
                return wrong;
            }
        }
        problem = null;
        return null;
    }

    private @Nullable String understand(String policy) {
        Guard understood;
        try {
            understood = guards.guard(policy);
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
        int bytes =
                policy.length() * BYTES_PER_CHARACTER + (understood.takesTokens() ? KEY_BYTES : 0);
        if (!budget.tryReserve(bytes)) {
            return "the server is out of its memory budget";
        }
        reserved = bytes;
        guard = understood;
        return null;
    }

    /** The link has ended. For the thread that receives. */
    public void close() {
        budget.release(reserved);
        reserved = 0;
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
