package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The agent's part of one handshake of a signed link; docs/protocol.md, section 14.1. */
final class SignedOffer {

    private final String tunnelId;
    private final SignedSecret secret;
    private final Nonce nonce = Nonce.random();

    SignedOffer(Credentials credentials, SignedSecret secret) {
        this.tunnelId = credentials.id();
        this.secret = secret;
    }

    /** The server, or whoever answered, has opened a link that is not signed. */
    static final class Declined extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        Declined() {
            super(
                    "the server, or something before it, opens no signed link, and --signed asks"
                            + " for one");
        }
    }

    /** In place of the secret. */
    void addTo(Fields.Builder fields) {
        fields.add("Sec-WebSocket-Protocol", SignedSecret.SUBPROTOCOL)
                .add("X-Tunnel-Id", tunnelId)
                .add(SignedSecret.CLAIMS_FIELD, secret.claims())
                .add(Nonce.FIELD, nonce.toString())
                .add(SignedSecret.PROOF_FIELD, secret.handshakeProof(nonce));
    }

    /**
     * The keys of the link that a 101 opens.
     *
     * @throws Declined if that is not signed
     * @throws IOException if the server does not prove itself, so that nothing of it is to be
     *     believed
     */
    LinkKeys accepted(Fields answer) throws IOException {
        if (!SignedSecret.SUBPROTOCOL.equals(value(answer, "Sec-WebSocket-Protocol"))) {
            throw new Declined();
        }
        Nonce server = Nonce.parse(answer.first(Nonce.FIELD));
        if (server == null
                || !SignedSecret.proves(
                        answer.first(SignedSecret.PROOF_FIELD), proof(server, answer))) {
            throw new IOException(
                    "what answers in the server's place does not know this tunnel's secret, or its"
                            + " answer was changed on its way");
        }
        return secret.linkKeys(nonce, server);
    }

    private String proof(Nonce server, Fields answer) {
        return secret.acceptProof(
                nonce,
                server,
                value(answer, "Cloudtunnel-Instance"),
                value(answer, "Cloudtunnel-Started"),
                value(answer, "Cloudtunnel-Link-Lifetime"),
                value(answer, "Cloudtunnel-Public-Url"),
                value(answer, "Cloudtunnel-Access"));
    }

    private static String value(Fields answer, String name) {
        @Nullable String value = answer.first(name);
        return value == null ? "" : value.strip();
    }
}
