package io.cloudtunnel.server.agents;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How long a link lives, from its 101 on; docs/protocol.md, section 8.1.
 *
 * @param total when it is cut by whoever stands in front; zero for no limit
 */
public record LinkLifetime(Duration total) {

    /** No limit. */
    public static final LinkLifetime UNLIMITED = new LinkLifetime(Duration.ZERO);

    /** The shortest one whose parts can be told apart. */
    public static final Duration SHORTEST = Duration.ofSeconds(2);

    private static final Duration MOST_WITHOUT_NEW = Duration.ofSeconds(60);
    private static final Duration MOST_FOR_RESET = Duration.ofSeconds(2);

    /** A lifetime of whole seconds, as a 101 says it. */
    public LinkLifetime {
        boolean whole = total.equals(total.truncatedTo(ChronoUnit.SECONDS));
        if (!total.isZero() && (total.compareTo(SHORTEST) < 0 || !whole)) {
            throw new IllegalArgumentException("whole seconds, and at least 2s");
        }
    }

    boolean isLimited() {
        return !total.isZero();
    }

    /** From now on it gets no new requests. */
    Duration untilNoNew() {
        return total.minus(least(MOST_WITHOUT_NEW, total.dividedBy(4)));
    }

    /** What is open is reset. */
    Duration untilReset() {
        return total.minus(least(MOST_FOR_RESET, total.dividedBy(6)));
    }

    /** It is closed: half of what is left after the resets, so that they are on their way. */
    Duration untilClosed() {
        return total.minus(least(MOST_FOR_RESET, total.dividedBy(6)).dividedBy(2));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
