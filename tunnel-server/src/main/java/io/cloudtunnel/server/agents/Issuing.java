package io.cloudtunnel.server.agents;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudtunnel.server.access.KeptPolicies;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy.Decision;
import io.cloudtunnel.server.auth.TunnelNames;
import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.Holdings.Taken;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnel somebody gets who may register: the one that he had, the one of the name that he
 * asks for, or a new one; docs/protocol.md, "Registration". Safe for use by several threads.
 */
public final class Issuing {

    /** Where owners may have any number of tunnels they may have so many names. */
    static final int MOST_NAMES_OF_ONE = 1000;

    private static final String NO_OWNER =
            "this server does not ask who registers, so a name could be anybody's: it needs"
                    + " API_KEYS or REGISTRATION";
    private static final String NO_STORE =
            "this server keeps nothing, so it does not know whose a name is: it needs REDIS_URL or"
                    + " STATE_FILE";
    private static final String HELD =
            "the tunnel that the agent had is kept, under its own id; take it out of the agent's"
                    + " credentials' file to have the name instead";

    private final Credentials credentials;
    private final Revocations revocations;
    private final @Nullable Holdings holdings;
    private final TakenNames names;
    private final KeptPolicies policies;
    private final int mostOfOne;

    /**
     * Gives tunnels of these credentials.
     *
     * @param holdings null where it is not kept whose a tunnel is
     * @param mostOfOne tunnels that an owner may have; 0 for any number
     */
    public Issuing(
            Credentials credentials,
            Revocations revocations,
            @Nullable Holdings holdings,
            TakenNames names,
            KeptPolicies policies,
            int mostOfOne) {
        this.credentials = credentials;
        this.revocations = revocations;
        this.holdings = holdings;
        this.names = names;
        this.policies = policies;
        this.mostOfOne = mostOfOne;
    }

    /**
     * A tunnel.
     *
     * @param nameRefused why it has not the name that was asked for; null if it has, or none was
     */
    record Issued(Credentials.Pair pair, @Nullable String nameRefused) {

        /** Whether it is served under a policy that was given at registration. */
        boolean hasPolicy() {
            return !Credentials.policyHash(pair.secret()).equals(KeptPolicies.NONE);
        }
    }

    /** There is none. */
    static final class NoTunnel extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Decision.Refused answer;

        NoTunnel(int status, String code, String text) {
            super(text);
            answer = new Decision.Refused(status, code, text);
        }

        Decision.Refused answer() {
            return answer;
        }
    }

    /**
     * Gives a tunnel.
     *
     * @param asked the pair that somebody had before, the name that he wants, and who may use the
     *     tunnel, as far as there are any
     * @param owner who registers; null where nobody asked
     * @param reserved of names, besides those that are reserved everywhere
     */
    Issued issue(JsonNode asked, @Nullable String owner, Predicate<String> reserved)
            throws NoTunnel, BrokerException, InterruptedException {
        String name = asked.path("name").isTextual() ? asked.path("name").asText() : null;
        String id = asked.path("id").asText("");
        String secret = asked.path("secret").asText("");
        String policy = policy(asked);
        if (credentials.verify(id, secret) != Credentials.Verdict.INVALID
                && revocations.accepts(id, secret)) {
            long generation = Credentials.generation(secret); // a later one only by rotating
            return new Issued(
                    credentials.issueFor(
                            id,
                            generation,
                            policy == null ? Credentials.policyHash(secret) : policy),
                    name == null || name.equals(id) ? null : HELD);
        }
        String hash = policy == null ? KeptPolicies.NONE : policy;
        if (name == null) {
            return new Issued(unnamed(owner, hash), null);
        }
        if (owner == null) {
            return new Issued(unnamed(null, hash), NO_OWNER);
        }
        return holdings == null
                ? new Issued(credentials.issue(hash), NO_STORE)
                : new Issued(
                        credentials.issueFor(name, named(holdings, name, owner, reserved), hash),
                        null);
    }

    /** The hash of the policy that is asked for; null where nothing is said of one. */
    private @Nullable String policy(JsonNode asked)
            throws NoTunnel, BrokerException, InterruptedException {
        JsonNode policy = asked.path("access");
        if (policy.isMissingNode()) {
            return null;
        }
        if (policy.isNull()) {
            return KeptPolicies.NONE;
        }
        try {
            return policies.keep(policy.toString());
        } catch (IllegalArgumentException e) {
            throw new NoTunnel(400, "bad-access", "access: " + e.getMessage());
        }
    }

    /** The generation that the secret of a name has. */
    private long named(Holdings from, String name, String owner, Predicate<String> reserved)
            throws NoTunnel, BrokerException, InterruptedException {
        String problem = reserved.test(name) ? "this name is reserved" : TunnelNames.problem(name);
        if (problem != null) {
            throw new NoTunnel(400, "bad-name", problem);
        }
        long generation = take(from, name, owner);
        names.took(name);
        return generation;
    }

    private Credentials.Pair unnamed(@Nullable String owner, String policyHash)
            throws NoTunnel, BrokerException, InterruptedException {
        Credentials.Pair pair = credentials.issue(policyHash);
        if (mostOfOne > 0 && owner != null && holdings != null) {
            long ignored = take(holdings, pair.id(), owner);
        }
        return pair;
    }

    /** The generation of the secrets that the owner gets. */
    private long take(Holdings from, String tunnel, String owner)
            throws NoTunnel, BrokerException, InterruptedException {
        int most = mostOfOne > 0 ? mostOfOne : MOST_NAMES_OF_ONE;
        Taken taken = from.take(tunnel, owner, most);
        if (!(taken instanceof Taken.Yes) && expireInTheWay(from, taken, tunnel, owner)) {
            taken = from.take(tunnel, owner, most);
        }
        return switch (taken) {
            case Taken.Yes yes -> {
                revocations.used(tunnel);
                yield yes.generation();
            }
            case Taken.OfAnother ignored ->
                    throw new NoTunnel(
                            409,
                            "name-taken",
                            "the name " + tunnel + " is taken by somebody else; choose another");
            case Taken.TooMany ignored ->
                    throw new NoTunnel(
                            403,
                            "too-many-tunnels",
                            "this key has as many tunnels as it may have, or the server has as many"
                                    + " names ("
                                    + most
                                    + " tunnels of a key; LIMIT_TUNNELS_PER_KEY): delete one, by"
                                    + " DELETE /tunnels/{id} with its secret");
        };
    }

    /** What nobody has used for long stands in nobody's way; whether there was any such. */
    private boolean expireInTheWay(Holdings from, Taken why, String tunnel, String owner)
            throws BrokerException, InterruptedException {
        if (why instanceof Taken.OfAnother) {
            return revocations.expire(tunnel);
        }
        boolean any = false;
        for (String each : from.of(owner)) {
            any |= revocations.expire(each);
        }
        return any;
    }
}
