package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.relay.SecretStore.State;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels an owner has: those of chosen names, and, where owners may have so many only, all
 * that they registered. An owner is a text that says who registered. Shared by all instances. Safe
 * for use by several threads. Each call waits for at most a second.
 */
public interface Holdings {

    /** The names that may be taken, of all owners together. */
    int MOST_NAMES = 100_000;

    /** What became of a wish. */
    sealed interface Taken {
        /**
         * The tunnel is the owner's, from now on or already.
         *
         * @param generation that its secrets have
         */
        record Yes(long generation) implements Taken {}

        /** The name is another owner's. */
        record OfAnother() implements Taken {}

        /** The owner has as many as he may, or there are as many names as there may be. */
        record TooMany() implements Taken {}
    }

    /**
     * Gives a tunnel to an owner.
     *
     * @param tunnel a new id, or a name; whoever takes a name anew gets secrets of a generation
     *     later than any that it had, and than the time in seconds: no earlier one counts, even
     *     where the store has forgotten that
     * @param most as many tunnels as the owner may have
     */
    Taken take(String tunnel, String owner, int most) throws BrokerException, InterruptedException;

    /**
     * From now on no secret of a name counts, and anybody may take it.
     *
     * @param generation that of the secret by which it is asked for
     * @return its state; null if that secret does not count any more, and then nothing has changed
     */
    @Nullable State free(String name, long generation) throws BrokerException, InterruptedException;

    /** The tunnels of an owner. */
    List<String> of(String owner) throws BrokerException, InterruptedException;

    /**
     * What has changed with names.
     *
     * @param version what to ask with the next time
     * @param fresh whether all that was told before does not count any more
     * @param more whether to ask again at once
     * @param taken names that were taken
     * @param freed names that were freed
     */
    record Names(long version, boolean fresh, boolean more, Set<String> taken, Set<String> freed) {}

    /** What has changed since a version, which is 0 at first. */
    Names names(long version) throws BrokerException, InterruptedException;
}
