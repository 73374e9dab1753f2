package io.cloudtunnel.server.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The keys of all issuers that policies name, each fetched once for all who name it;
 * docs/access.md, section 1. Safe for use by several threads.
 */
final class IssuerKeys {

    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration OUTAGE = Duration.ofHours(4);
    private static final Duration BETWEEN = Duration.ofSeconds(30); // two fetches in each
    private static final Duration WAIT = Duration.ofSeconds(8); // for who fetches already

    /** Of agents' policies; beyond it the least lately named is forgotten, and fetched again. */
    private static final int MOST = 1000;

    private final Map<Place, JWKSource<SecurityContext>> sources = // guarded by itself
            new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> hosts;
    private final Duration kept;
    private final Duration between;

    private record Place(URI url, boolean trusted) {}

    /**
     * Keys that are fetched when they are needed.
     *
     * @param hosts which agents may name though they are private, in lower case
     */
    IssuerKeys(Set<String> hosts) {
        this(hosts, KEPT, BETWEEN);
    }

    IssuerKeys(Set<String> hosts, Duration kept, Duration between) {
        this.hosts = Set.copyOf(hosts);
        this.kept = kept;
        this.between = between;
    }

    /**
     * The keys at a place; does not fetch them yet.
     *
     * @param trusted whether the operator names it, not an agent
     */
    JWKSource<SecurityContext> at(URI url, boolean trusted) {
        Place place = new Place(url, trusted);
        synchronized (sources) {
            JWKSource<SecurityContext> found = sources.get(place);
            if (found == null) {
                found = source(place);
                sources.put(place, found);
                if (sources.size() > MOST) {
                    Iterator<Place> oldest = sources.keySet().iterator();
                    oldest.next();
                    oldest.remove();
                }
            }
            return found;
        }
    }

    private JWKSource<SecurityContext> source(Place place) {
        try {
            return JWKSourceBuilder.create(
                            place.url().toURL(),
                            new KeyFetcher(place.trusted(), hosts, KeyFetcher.IN_ALL))
                    .cache(kept.toMillis(), WAIT.toMillis())
                    .refreshAheadCache(false) // it would take a thread that nobody ends
                    .rateLimited(between.toMillis())
                    .retrying(true)
                    .outageTolerant(OUTAGE.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("access.jwt.jwks: it must be a URL", e);
        }
    }
}
