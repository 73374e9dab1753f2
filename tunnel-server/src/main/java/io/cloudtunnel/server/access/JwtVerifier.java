package io.cloudtunnel.server.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks tokens against a rule. Safe for use by several threads. */
final class JwtVerifier {

    /** Anything longer is no token of a sane issuer. */
    private static final int LONGEST = 16 * 1024;

    private final JwtRule rule;
    private final Clock clock;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    JwtVerifier(JwtRule rule, JWKSource<SecurityContext> keys, Clock clock) {
        this.rule = rule;
        this.clock = clock;
        // The rule says which algorithm a key may be used with, never the token.
        processor.setJWSKeySelector(new SaneKeys(rule.algorithms(), keys));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier(null); // ours follows
    }

    /** The issuer's keys cannot be had, so nothing can be said of a token. */
    static final class NoKeys extends Exception {
        private static final long serialVersionUID = 1L;

        NoKeys(Throwable cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    /**
     * For how long a token is right from now on; null where it is not. May wait for the issuer's
     * keys, for seconds.
     */
    @Nullable Duration check(String token) throws NoKeys {
        if (token.length() > LONGEST) {
            return null;
        }
        try {
            JWTClaimsSet claims = processor.process(SignedJWT.parse(token), null);
            return satisfies(claims) ? Duration.between(clock.instant(), end(claims)) : null;
        } catch (RemoteKeySourceException e) {
            throw new NoKeys(e);
        } catch (KeySourceException e) {
            if (isLimit(e)) { // a key that was asked for twice just now, and was not there
                return null;
            }
            throw new NoKeys(e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return null;
        }
    }

    /** Subject and issuer of a token that was found to be right; null where it has no subject. */
    static @Nullable String subject(String token) {
        try {
            JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
            String subject = claims.getSubject();
            return subject == null || subject.isBlank() ? null : subject + "@" + claims.getIssuer();
        } catch (ParseException e) {
            return null;
        }
    }

    private static boolean isLimit(@Nullable Throwable e) {
        return e != null && (e instanceof RateLimitReachedException || isLimit(e.getCause()));
    }

    private Instant end(JWTClaimsSet claims) {
        return claims.getExpirationTime().toInstant().plus(rule.skew());
    }

    private boolean satisfies(JWTClaimsSet claims) {
        Instant now = clock.instant();
        return rule.issuer().equals(claims.getIssuer())
                && claims.getExpirationTime() != null
                && now.isBefore(end(claims))
                && isPast(claims.getNotBeforeTime(), now)
                && isPast(claims.getIssueTime(), now)
                && (rule.audience().isEmpty()
                        || claims.getAudience().stream().anyMatch(rule.audience()::contains))
                && rule.claims().entrySet().stream().allMatch(asked -> has(claims, asked));
    }

    private boolean isPast(@Nullable Date time, Instant now) {
        return time == null || !time.toInstant().minus(rule.skew()).isAfter(now);
    }

    private static boolean has(JWTClaimsSet claims, Map.Entry<String, List<String>> asked) {
        Object claim = claims.getClaim(asked.getKey());
        if (claim instanceof Collection<?> values) {
            return values.stream().anyMatch(value -> is(value, asked.getValue()));
        }
        return is(claim, asked.getValue());
    }

    private static boolean is(@Nullable Object value, List<String> wanted) {
        boolean simple =
                value instanceof String || value instanceof Boolean || value instanceof Number;
        return simple && wanted.contains(String.valueOf(value));
    }
}
