package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.access.Guards;
import io.cloudtunnel.server.access.KeptPolicies;
import io.cloudtunnel.server.access.LinkAccess;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a link of an agent needs from this instance.
 *
 * @param instance who we are
 * @param links where a link is found by public requests
 * @param guards who may use a tunnel
 * @param policies of links that cannot say theirs
 * @param operator says which agents may connect
 * @param revocations whose secrets do not count any more
 * @param drain whether we are leaving
 * @param limits the limits of a link
 * @param greeting what this server says of itself in binary mode
 * @param budget the memory for bodies
 * @param patrol ends exchanges whose time is over
 * @param timer watches over links; its tasks do not block
 * @param lifetime how long a link lives
 * @param signed whether links are signed
 * @param observer is told what happens to links
 */
public record LinkAcceptor(
        Instance instance,
        LinkRegistry links,
        Guards guards,
        KeptPolicies policies,
        OperatorGate operator,
        Revocations revocations,
        Drain drain,
        Limits limits,
        Greeting greeting,
        MemoryBudget budget,
        Patrol patrol,
        ScheduledExecutorService timer,
        LinkLifetime lifetime,
        SignedMode signed,
        Observer observer) {

    /** Why no link can be had while there are as many as there may be. */
    static final String TOO_MANY = "too-many-links";

    /**
     * When to ask again then, in seconds: thousands may, and it takes a while until places get
     * free; docs/concurrency.md, section 7.
     */
    static final String RETRY_SECONDS = "20";

    /** That a hello's policy is enforced here. */
    private static final String ACCESS = "policy";

    /**
     * What a link asks of requests. In binary mode its hello says it, and else its registration
     * has; where that is not known here nothing is let through. May wait for a second.
     */
    LinkAccess access(String policyHash, boolean binary) {
        LinkAccess access = guards.link(policyHash, budget);
        if (!binary && !policyHash.equals(KeptPolicies.NONE)) {
            try {
                String policy = policies.find(policyHash);
                if (policy != null) {
                    String ignored = access.take(policy); // it keeps that in mind
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return access;
    }

    boolean tryReserve() {
        return !drain.isDraining() && links.tryReserve();
    }

    void release() {
        links.release();
    }

    /** Why no link can be had now. */
    String refusal() {
        return drain.isDraining() ? "draining" : TOO_MANY;
    }

    /** The same as {@link #identity}, as the proof of a signed link has it. */
    String[] terms(String publicUrl) {
        return new String[] {
            instance.id(),
            Long.toString(instance.started().toEpochMilli()),
            Long.toString(lifetime.total().toSeconds()),
            publicUrl,
            ACCESS
        };
    }

    /** What a 101 says besides what RFC 6455 asks for. */
    String identity() {
        return "\r\nCloudtunnel-Instance: "
                + instance.id()
                + "\r\nCloudtunnel-Started: "
                + instance.started().toEpochMilli()
                + "\r\nCloudtunnel-Access: "
                + ACCESS
                + "\r\nCloudtunnel-Link-Lifetime: "
                + lifetime.total().toSeconds();
    }
}
