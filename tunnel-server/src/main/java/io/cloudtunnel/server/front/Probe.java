package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Answers agents that ask which instance serves the public URL of their tunnel; docs/protocol.md,
 * section 8.4.
 *
 * @param instance the id of this instance
 * @param startedMillis when it started, since 1970
 * @param takesLinks whether agents can connect to this instance; if not, it is not named, so that
 *     none dials in vain
 */
public record Probe(
        Credentials credentials,
        LinkRegistry links,
        String instance,
        long startedMillis,
        boolean takesLinks) {

    private static final String BEARER = "bearer ";

    /** The fields of the answer; null where it is an ordinary request. */
    @Nullable Fields answer(RequestHead head, String path, String tunnelId)
            throws InterruptedException {
        boolean asked =
                path.equals("/")
                        && head.method().equals("GET")
                        && "1".equals(head.fields().first("Cloudtunnel-Probe"));
        if (!asked || !isOwner(head.fields(), tunnelId)) {
            return null;
        }
        int here = links.usable(tunnelId);
        int reachable = here > 0 ? here : links.reachable(tunnelId);
        Fields.Builder answer = Fields.builder();
        // Who reaches it by way of another instance serves as well: no agent is to follow then.
        if (takesLinks && (here > 0 || reachable == 0)) {
            answer.add("Cloudtunnel-Instance", instance)
                    .add("Cloudtunnel-Started", Long.toString(startedMillis));
        }
        return answer.add("Cloudtunnel-Links", Integer.toString(reachable))
                .add("Cache-Control", "no-store")
                .build();
    }

    private boolean isOwner(Fields fields, String tunnelId) {
        String secret = proved(fields);
        String authorization = fields.first("Authorization");
        if (secret == null
                && authorization != null
                && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            secret = authorization.substring(BEARER.length()).strip();
        }
        return secret != null
                && tunnelId.equals(fields.first("X-Tunnel-Id"))
                && credentials.verify(tunnelId, secret) == Credentials.Verdict.VALID;
    }

    /** The secret of an agent that does not send it; docs/protocol.md, section 14.5. */
    private @Nullable String proved(Fields fields) {
        String claims = fields.first(SignedSecret.CLAIMS_FIELD);
        Nonce nonce = Nonce.parse(fields.first(Nonce.FIELD));
        String secret = claims == null ? null : credentials.complete(claims);
        SignedSecret keys = secret == null ? null : SignedSecret.of(secret);
        boolean proved =
                keys != null
                        && nonce != null
                        && SignedSecret.proves(
                                fields.first(SignedSecret.PROOF_FIELD), keys.probeProof(nonce));
        return proved ? secret : null;
    }
}
