package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.server.access.Guards;
import io.cloudtunnel.server.front.Forwarding;
import io.cloudtunnel.server.tls.ClientCertificates;
import io.helidon.common.socket.PeerInfo;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Lets agents register and connect, as far as their operator's policy for agents goes;
 * docs/access.md. Immutable.
 *
 * @param guards have the policy
 * @param forwarding where agents come from
 * @param certificates which client certificates count
 */
public record OperatorGate(Guards guards, Forwarding forwarding, ClientCertificates certificates) {

    private static final Logger LOGGER = System.getLogger(OperatorGate.class.getName());

    /**
     * Why an agent may not.
     *
     * @param status of the answer
     * @param code the value of {@code Cloudtunnel-Error}
     */
    record Refusal(int status, String code, String text) {}

    /**
     * Whose token an agent has shown, once it was let in by it; null where none is asked for, or it
     * does not say.
     */
    @Nullable String holder(Fields fields) {
        return guards.agentSubject(fields);
    }

    /**
     * Decides about a request. May wait for the keys of an issuer, 6 s at most.
     *
     * @param peer whom the connection comes from
     * @return null if it may go on
     */
    @Nullable Refusal refusal(PeerInfo peer, Fields fields) {
        String client = forwarding.client(fields, peer.host());
        String why = certificates.refusal(peer);
        if (why != null) {
            LOGGER.log(Level.INFO, "agent refused: agent={0} client certificate: {1}", client, why);
            return new Refusal(
                    403,
                    "client-certificate",
                    "agents need a client certificate that an authority of this server's"
                            + " TLS_CLIENT_CA has signed: give the agent one with --client-cert"
                            + " FILE, or as TUNNEL_CLIENT_CERT ("
                            + why
                            + ")");
        }
        try {
            guards.admitAgent(client, fields);
            return null;
        } catch (ExchangeException e) {
            LOGGER.log(Level.INFO, "agent refused: agent={0} {1}", client, e.text());
            return switch (e.code()) {
                case FORBIDDEN ->
                        new Refusal(403, "forbidden", "no agent may connect from this address");
                // No 401, by which the agent would think that its secret is wrong.
                case UNAUTHORIZED ->
                        new Refusal(
                                403,
                                "agent-token",
                                "agents need a token of this server's operator: " + e.text());
                default -> new Refusal(e.code().status(), e.code().token(), e.text());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Refusal(503, "draining", "the server leaves");
        }
    }
}
