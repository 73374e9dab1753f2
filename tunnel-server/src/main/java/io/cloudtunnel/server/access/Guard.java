package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.IpAddress;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lets those requests through that satisfy a policy; two guards are equal if their policies are.
 * Safe for use by several threads.
 */
public final class Guard {

    private static final Duration BASIC_KEPT = Duration.ofMinutes(5);
    private static final Duration TOKEN_KEPT = Duration.ofMinutes(1);
    private static final String AUTHORIZATION = "Authorization";

    private final String name; // tells policies apart
    private final AccessPolicy policy;
    private final @Nullable JwtVerifier tokens;
    private final Guards shared;

    Guard(String name, AccessPolicy policy, @Nullable JwtVerifier tokens, Guards shared) {
        this.name = name;
        this.policy = policy;
        this.tokens = tokens;
        this.shared = shared;
    }

    /**
     * Checks a request. May wait for an issuer's keys, or for a turn to check a password; for
     * seconds at most.
     *
     * @param client the client's address, null where it cannot be read
     * @return whether it has credentials that were checked and are not to be forwarded
     * @throws ExchangeException if it may not come in; nothing of it was sent then
     */
    boolean admit(@Nullable IpAddress client, Fields fields)
            throws ExchangeException, InterruptedException {
        if (!policy.admits(client)) {
            throw new ExchangeException(
                            ErrorCode.FORBIDDEN,
                            "access denied: this tunnel is not for clients of your address")
                    .untouched();
        }
        if (!policy.asksCredentials()) {
            return false;
        }
        // Of several lines another reader might take another one.
        String given = fields.all(AUTHORIZATION).size() == 1 ? fields.first(AUTHORIZATION) : null;
        if (given == null) {
            throw unauthorized("credentials are needed", false);
        }
        int space = given.indexOf(' ');
        String scheme = given.substring(0, Math.max(0, space)).toLowerCase(Locale.ROOT);
        String value = given.substring(space + 1).strip();
        if (scheme.equals("basic") && !policy.basic().isEmpty()) {
            checkPassword(client, value);
        } else if (scheme.equals("bearer") && tokens != null) {
            checkToken(tokens, value);
        } else {
            throw unauthorized("credentials of another kind are needed", false);
        }
        return !policy.forwardsCredentials();
    }

    /** Whether an issuer's keys are kept for it. */
    boolean takesTokens() {
        return tokens != null;
    }

    private void checkPassword(@Nullable IpAddress client, String value)
            throws ExchangeException, InterruptedException {
        Proofs right = shared.passwords();
        String proof = right.name(name, value);
        if (right.has(proof)) {
            return;
        }
        refuseGuessers(client);
        try (Guesses.Turn turn = shared.guesses().turn(name)) {
            if (!turn.has()) {
                throw tooMany(
                        "password-checks", 2, "too many passwords are being checked at the moment");
            }
            if (right.has(proof)) { // a page's many requests all come with it at once
                return;
            }
            refuseGuessers(client); // others of its own may have been wrong meanwhile
            if (!matches(value)) {
                shared.guesses().wrong(client);
                throw unauthorized("wrong name or password", false);
            }
            right.add(proof, BASIC_KEPT);
        }
    }

    private void checkToken(JwtVerifier verifier, String value) throws ExchangeException {
        String proof = shared.tokens().name(name, value);
        if (!shared.tokens().has(proof)) {
            Duration lasts = token(verifier, value);
            if (lasts == null) {
                throw unauthorized("the token is not one for this tunnel", true);
            }
            shared.tokens().add(proof, lasts.compareTo(TOKEN_KEPT) < 0 ? lasts : TOKEN_KEPT);
        }
    }

    private static @Nullable Duration token(JwtVerifier verifier, String value)
            throws ExchangeException {
        try {
            return verifier.check(value);
        } catch (JwtVerifier.NoKeys e) {
            Guards.LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the keys of a policy's issuer cannot be had: {0}",
                    e.getMessage());
            throw Guards.unavailable("the keys of its issuer cannot be had");
        }
    }

    private void refuseGuessers(@Nullable IpAddress client) throws ExchangeException {
        int seconds = shared.guesses().barredSeconds(client);
        if (seconds > 0) {
            throw tooMany("guesses", seconds, "too many wrong passwords");
        }
    }

    private boolean matches(String value) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return false;
        }
        int colon = pair.indexOf(':');
        String user = pair.substring(0, Math.max(0, colon));
        var hash = policy.basic().get(user);
        // A name that does not exist takes as long as one that does.
        boolean right =
                (hash == null ? policy.basic().values().iterator().next() : hash)
                        .matches(pair.substring(colon + 1));
        return right && hash != null && colon >= 0;
    }

    private ExchangeException unauthorized(String text, boolean badToken) {
        Fields.Builder fields = Fields.builder();
        if (!policy.basic().isEmpty()) {
            fields.add("WWW-Authenticate", "Basic realm=\"tunnel\", charset=\"UTF-8\"");
        }
        if (tokens != null) {
            fields.add(
                    "WWW-Authenticate",
                    "Bearer realm=\"tunnel\"" + (badToken ? ", error=\"invalid_token\"" : ""));
        }
        return new ExchangeException(ErrorCode.UNAUTHORIZED, "unauthorized: " + text)
                .untouched()
                .with(fields.build());
    }

    /**
     * The answer to who is over a limit.
     *
     * @param limit its name
     */
    static ExchangeException tooMany(String limit, long retrySeconds, String text) {
        return new ExchangeException(
                        ErrorCode.TOO_MANY_REQUESTS, "too many requests: " + text + ": " + limit)
                .untouched()
                .with(
                        Fields.of(
                                "Retry-After",
                                Long.toString(retrySeconds),
                                "Cloudtunnel-Limit",
                                limit));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Guard that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
