package io.cloudtunnel.server.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that were found to be right a short while ago, so that not each request pays for the
 * check: as keyed hashes, under a key that lives as long as the process. Safe for use by several
 * threads.
 */
final class Proofs {

    /** Beyond it the least lately used is forgotten, and checked again. */
    static final int MOST = 10_000;

    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;
    private final LongSupplier nanoTime;
    private final Map<String, Long> until = // guarded by itself
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.@Nullable Entry<String, Long> eldest) {
                    return size() > MOST;
                }
            };

    Proofs(LongSupplier nanoTime) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
        this.nanoTime = nanoTime;
    }

    /** The name under which what was checked is known. */
    String name(String policy, String credentials) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(policy.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            mac.update(credentials.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC, e);
        }
    }

    boolean has(String name) {
        synchronized (until) {
            Long end = until.get(name);
            if (end != null && end - nanoTime.getAsLong() <= 0) {
                until.remove(name);
                return false;
            }
            return end != null;
        }
    }

    void add(String name, Duration lasts) {
        if (!lasts.isNegative() && !lasts.isZero()) {
            synchronized (until) {
                until.put(name, nanoTime.getAsLong() + lasts.toNanos());
            }
        }
    }

    int size() {
        synchronized (until) {
            return until.size();
        }
    }
}
