package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
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
        String authorization = fields.first("Authorization");
        return authorization != null
                && tunnelId.equals(fields.first("X-Tunnel-Id"))
                && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                && credentials.verify(tunnelId, authorization.substring(BEARER.length()).strip())
                        == Credentials.Verdict.VALID;
    }
}
