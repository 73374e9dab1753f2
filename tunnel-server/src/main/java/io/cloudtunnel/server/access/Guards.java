package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.IpAddress;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
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

    private final Proofs passwords = new Proofs(System::nanoTime);
    private final Proofs tokens = new Proofs(System::nanoTime);
    private final Guesses guesses = new Guesses(System::nanoTime);
    private final Clock clock;
    private final IssuerKeys keys;
    private final List<Guard> server;
    private final @Nullable Guard agents; // null for all of them

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
        this.clock = clock;
        this.keys = keys;
        this.agents = agents.isEmpty() ? null : guard(agents, true);
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
        JwtVerifier verifier =
                rule == null ? null : new JwtVerifier(rule, keys.at(rule.jwks(), trusted), clock);
        return new Guard(trusted + hash(text), policy, verifier, this);
    }

    /**
     * What every request has to satisfy, whichever tunnel it is for. May wait as {@link
     * Guard#admit} does.
     *
     * @param client the client's address by the trusted hops, null where it cannot be read
     * @return whether it has credentials that were checked and are not to be forwarded
     * @throws ExchangeException if it may not come in
     */
    boolean admit(@Nullable IpAddress client, Fields fields)
            throws ExchangeException, InterruptedException {
        boolean removes = false;
        for (Guard guard : server) {
            removes |= guard.admit(client, fields);
        }
        return removes;
    }

    /** Whether every request satisfies the server's policies. */
    boolean isOpen() {
        return server.isEmpty();
    }

    /**
     * Lets an agent connect, as far as its operator's policy for agents goes. What it shows for
     * that is not in {@code Authorization}, where its secret is. May wait as {@link Guard#admit}
     * does.
     *
     * @param client its address by the trusted hops, as text
     * @param fields of its handshake
     * @throws ExchangeException if it may not
     */
    public void admitAgent(String client, Fields fields)
            throws ExchangeException, InterruptedException {
        if (agents != null) {
            Fields.Builder shown = Fields.builder();
            fields.all(AccessFields.AGENT).forEach(value -> shown.add("Authorization", value));
            boolean ignored = agents.admit(IpAddress.ofClient(client), shown.build());
        }
    }

    /**
     * Whose token an agent has shown that was {@linkplain #admitAgent admitted}: {@code sub} and
     * {@code iss} of it; null where no token is asked for, or it has no {@code sub}.
     */
    public @Nullable String agentSubject(Fields fields) {
        String shown = fields.first(AccessFields.AGENT);
        return agents == null || shown == null || !agents.takesTokens()
                ? null
                : JwtVerifier.subject(shown.substring(shown.indexOf(' ') + 1).strip());
    }

    /**
     * What a link asks for.
     *
     * @param policyHash of the policy that its secret asks for; {@code -} for none
     * @param budget the memory for what its agent says
     */
    public LinkAccess link(String policyHash, MemoryBudget budget) {
        return new LinkAccess(this, policyHash, budget);
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

    /** Passwords that were right. */
    Proofs passwords() {
        return passwords;
    }

    /** Tokens that were right: apart, since whoever issues tokens can issue as many as he likes. */
    Proofs tokens() {
        return tokens;
    }

    Guesses guesses() {
        return guesses;
    }
}
