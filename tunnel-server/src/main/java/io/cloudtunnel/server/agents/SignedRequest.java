package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.cloudtunnel.server.auth.Credentials;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of an agent that has proved that it knows a secret without sending it;
 * docs/protocol.md, section 14.1.
 *
 * @param secret whose MAC was computed here; whether it counts is still to be seen
 * @param keys what follows from it
 * @param agent the agent's nonce
 * @param server ours, of this handshake only
 */
record SignedRequest(String secret, SignedSecret keys, Nonce agent, Nonce server) {

    /** Null where something is missing or malformed, or the proof is wrong. */
    static @Nullable SignedRequest of(Credentials credentials, Fields fields) {
        String claims = fields.first(SignedSecret.CLAIMS_FIELD);
        String secret = claims == null ? null : credentials.complete(claims);
        Nonce nonce = Nonce.parse(fields.first(Nonce.FIELD));
        if (secret == null || nonce == null) {
            return null;
        }
        SignedSecret keys = Objects.requireNonNull(SignedSecret.of(secret));
        return SignedSecret.proves(
                        fields.first(SignedSecret.PROOF_FIELD), keys.handshakeProof(nonce))
                ? new SignedRequest(secret, keys, nonce, Nonce.random())
                : null;
    }

    /** What the 101 says besides. */
    String answer(String[] terms) {
        return "\r\nSec-WebSocket-Protocol: "
                + SignedSecret.SUBPROTOCOL
                + "\r\n"
                + Nonce.FIELD
                + ": "
                + server
                + "\r\n"
                + SignedSecret.PROOF_FIELD
                + ": "
                + keys.acceptProof(agent, server, terms);
    }

    LinkKeys linkKeys() {
        return keys.linkKeys(agent, server);
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return "SignedRequest[" + keys.claims() + "]";
    }
}
