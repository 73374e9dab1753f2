package io.cloudtunnel.server;

import io.cloudtunnel.server.access.Guards;
import io.cloudtunnel.server.access.Rates;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may use a server's tunnels, and how much of them; docs/access.md. Immutable.
 *
 * @param policies as JSON; a request has to satisfy all of them
 * @param jwksHosts hosts whose keys agents may ask for though they are private
 * @param tunnel what all clients of a tunnel together may use
 * @param client what a client may use
 * @param agents what is asked of agents that connect, as a policy; empty for nothing
 */
public record AccessControl(
        List<String> policies,
        Set<String> jwksHosts,
        RequestLimits tunnel,
        RequestLimits client,
        String agents) {

    /** Anybody, as much as there is. */
    public static final AccessControl OPEN = builder().build();

    /** Copies and checks what it is given. */
    public AccessControl {
        policies = List.copyOf(policies);
        jwksHosts =
                jwksHosts.stream()
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
        policies.forEach(Guards::check);
        if (!agents.isEmpty()) {
            Guards.check(agents);
        }
        rates(tunnel);
        rates(client);
    }

    /**
     * Limits on requests; 0 for none.
     *
     * @param requestsPerSecond that begin
     * @param concurrent at a time
     * @param bytesPerSecond of bodies, both ways together; 16,384 at least
     */
    public record RequestLimits(int requestsPerSecond, int concurrent, long bytesPerSecond) {
        /** None. */
        public static final RequestLimits NONE = new RequestLimits(0, 0, 0);
    }

    static Rates rates(RequestLimits limits) {
        return new Rates(limits.requestsPerSecond(), limits.concurrent(), limits.bytesPerSecond());
    }

    /** Without the policies, which have hashes of passwords. */
    @Override
    public String toString() {
        return "AccessControl[policies=" + policies.size() + "]";
    }

    /** A builder without any rule. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects rules. Not safe for use by several threads. */
    public static final class Builder {
        private final List<String> policies = new ArrayList<>();
        private Set<String> jwksHosts = Set.of();
        private RequestLimits tunnel = RequestLimits.NONE;
        private RequestLimits client = RequestLimits.NONE;
        private String agents = "";

        private Builder() {}

        /** Adds a policy, as JSON, which each request has to satisfy. */
        public Builder policy(String json) {
            policies.add(json);
            return this;
        }

        /** Hosts whose keys agents may ask for, though they are private or not over https. */
        public Builder jwksHosts(Set<String> hosts) {
            jwksHosts = Set.copyOf(hosts);
            return this;
        }

        /** What all clients of a tunnel together may use. */
        public Builder tunnelLimits(RequestLimits limits) {
            tunnel = limits;
            return this;
        }

        /** What a client may use, of all tunnels together. */
        public Builder clientLimits(RequestLimits limits) {
            client = limits;
            return this;
        }

        /**
         * What is asked of agents that connect, as a policy; its credentials come in {@code
         * Cloudtunnel-Authorization}.
         */
        public Builder agents(String json) {
            agents = json;
            return this;
        }

        /**
         * The rules.
         *
         * @throws IllegalArgumentException if one is wrong; the message says what
         */
        public AccessControl build() {
            return new AccessControl(policies, jwksHosts, tunnel, client, agents);
        }
    }
}
