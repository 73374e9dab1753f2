package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels were deleted, and which of a tunnel's secrets still count; shared by all instances,
 * and kept for good. Safe for use by several threads. Each call waits for at most a second.
 */
public interface SecretStore {

    /**
     * What is known of a tunnel.
     *
     * @param deleted none of its secrets counts
     * @param generation that of its newest secret
     * @param graceEndsMillis until when the one before counts, in milliseconds since 1970
     */
    record State(boolean deleted, long generation, long graceEndsMillis) {

        /** That of a tunnel which nothing was ever done to. */
        public static final State INITIAL = new State(false, 0, 0);

        /** That of a tunnel that is no more. */
        public static final State DELETED = new State(true, 0, 0);

        /** Whether a secret counts. */
        public boolean accepts(long secretGeneration, long nowMillis) {
            return !deleted
                    && (secretGeneration >= generation
                            || (secretGeneration == generation - 1 && nowMillis < graceEndsMillis));
        }

        /** The later one of two: nothing of it is ever taken back. */
        public State or(State other) {
            return deleted || (!other.deleted && generation > other.generation) ? this : other;
        }
    }

    /**
     * What has changed.
     *
     * @param version what to ask with the next time
     * @param complete false if more has changed than is kept in order: each tunnel has to be looked
     *     up
     * @param lost whether the store has forgotten what it had told
     * @param states the newest ones of those tunnels that changed
     */
    record Changes(long version, boolean complete, boolean lost, Map<String, State> states) {}

    /** The states of tunnels; those that are not in the answer are as they were at first. */
    Map<String, State> states(Collection<String> tunnels)
            throws BrokerException, InterruptedException;

    /**
     * From now on no secret of the tunnel counts, for good, and it is nobody's; for an id that was
     * made, since a chosen name is {@linkplain Holdings#free freed} instead.
     */
    void delete(String tunnel) throws BrokerException, InterruptedException;

    /**
     * The tunnel gets the next generation of secrets.
     *
     * @param generation that of the secret by which it is asked for
     * @param grace for how long the newest one so far still counts
     * @return null if the secret does not count any more; then nothing has changed
     */
    @Nullable State rotate(String tunnel, long generation, Duration grace)
            throws BrokerException, InterruptedException;

    /** What has changed since a version, which is 0 at first. */
    Changes since(long version) throws BrokerException, InterruptedException;

    /**
     * Takes note that tunnels are used now.
     *
     * @param expiry how long this has to be known at least
     */
    void used(Collection<String> tunnels, Duration expiry)
            throws BrokerException, InterruptedException;

    /**
     * When a tunnel was used last, in milliseconds since 1970; where that is not known, since when
     * this store takes note of it, so that one that has forgotten lets nothing expire.
     */
    long lastUsedMillis(String tunnel) throws BrokerException, InterruptedException;

    /** Enters states again, where they are later than what the store has. */
    void restore(Map<String, State> states) throws BrokerException, InterruptedException;
}
