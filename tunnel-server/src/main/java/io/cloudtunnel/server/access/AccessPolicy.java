package io.cloudtunnel.server.access;

import io.cloudtunnel.program.PasswordHash;
import io.cloudtunnel.protocol.http.IpAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a tunnel; docs/access.md, section 1. Immutable.
 *
 * @param allow if not empty, only clients of these addresses
 * @param deny no client of these addresses
 * @param basic passwords by name; empty for none
 * @param jwt what a token has to be; null for none
 * @param forwardsCredentials whether the local service gets what was checked
 */
record AccessPolicy(
        List<AddressBlock> allow,
        List<AddressBlock> deny,
        Map<String, PasswordHash> basic,
        @Nullable JwtRule jwt,
        boolean forwardsCredentials) {

    AccessPolicy {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        basic = Map.copyOf(basic);
    }

    /** Whether it says anything about addresses. */
    boolean limitsAddresses() {
        return !allow.isEmpty() || !deny.isEmpty();
    }

    /** Whether it asks for credentials. */
    boolean asksCredentials() {
        return !basic.isEmpty() || jwt != null;
    }

    /**
     * Whether a client of this address may come in.
     *
     * @param client null where it could not be read
     */
    boolean admits(@Nullable IpAddress client) {
        if (!limitsAddresses()) {
            return true;
        }
        return client != null && !holds(deny, client) && (allow.isEmpty() || holds(allow, client));
    }

    private static boolean holds(List<AddressBlock> blocks, IpAddress client) {
        for (AddressBlock block : blocks) {
            if (block.contains(client)) {
                return true;
            }
        }
        return false;
    }
}
