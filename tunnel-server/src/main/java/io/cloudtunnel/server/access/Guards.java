package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes guards of policies, and keeps what they share. Safe for use by several threads. */
public final class Guards {

    static final Logger LOGGER = System.getLogger("io.cloudtunnel.server.access");

    private final Proofs proofs = new Proofs(System::nanoTime);
    private final Guesses guesses = new Guesses(System::nanoTime);
    private final Clock clock;
    private final IssuerKeys keys;
    private final List<Guard> server;
    private final @Nullable AccessPolicy agents; // null for all of them

    /**
     * Guards of an instance.
     *
     * @param policies of the server: all of them hold for each request
     * @param hosts whose keys agents may ask for though they are private
     * @param agents from where agents may connect, as a policy; empty for anywhere
     * @throws IllegalArgumentException if a policy is wrong
     */
    public Guards(List<String> policies, Set<String> hosts, String agents, Clock clock) {
        this(policies, new IssuerKeys(hosts), agents, clock);
    }

    Guards(List<String> policies, IssuerKeys keys, String agents, Clock clock) {
        this.agents = agents.isEmpty() ? null : PolicyReader.read(agents);
        this.clock = clock;
        this.keys = keys;
        this.server = policies.stream().map(text -> guard(text, true)).toList();
    }

    /**
     * Says what is wrong with a policy.
     *
     * @throws IllegalArgumentException if anything is; the message names the key and the problem
     */
    public static void check(String policy) {
        AccessPolicy ignored = PolicyReader.read(policy);
    }

    /**
     * The guard of an agent's policy.
     *
     * @throws IllegalArgumentException if it is wrong
     */
    Guard guard(String policy) {
        return guard(policy, false);
    }

    private Guard guard(String text, boolean trusted) {
        AccessPolicy policy = PolicyReader.read(text);
        JwtRule rule = policy.jwt();
        JwtVerifier tokens =
                rule == null ? null : new JwtVerifier(rule, keys.at(rule.jwks(), trusted), clock);
        return new Guard(trusted + hash(text), policy, tokens, this);
    }

    /**
     * What every request has to satisfy, whichever tunnel it is for. May wait as {@link
     * Guard#admit} does.
     *
     * @param client the client's address by the trusted hops, as text
     * @return whether it has credentials that were checked and are not to be forwarded
     * @throws ExchangeException if it may not come in
     */
    public boolean admit(String client, Fields fields)
            throws ExchangeException, InterruptedException {
        boolean removes = false;
        for (Guard guard : server) {
            removes |= guard.admit(IpAddress.ofClient(client), fields);
        }
        return removes;
    }

    /**
     * Whether an agent may connect from an address.
     *
     * @param client as text
     */
    public boolean admitsAgent(String client) {
        return agents == null || agents.admits(IpAddress.ofClient(client));
    }

    /**
     * What a link asks for.
     *
     * @param policyHash of the policy that its secret asks for; {@code -} for none
     */
    public LinkAccess link(String policyHash) {
        return new LinkAccess(this, policyHash);
    }

    static ExchangeException unavailable(String text) {
        return new ExchangeException(
                        ErrorCode.POLICY_UNAVAILABLE,
                        ErrorCode.POLICY_UNAVAILABLE.text() + ": " + text)
                .untouched();
    }

    /** As a secret has it: base64url of SHA-256, without padding. */
    static String hash(String policy) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(policy.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Proofs proofs() {
        return proofs;
    }

    Guesses guesses() {
        return guesses;
    }
}
