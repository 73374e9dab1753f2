package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.session.Upstream;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows what goes through the tunnel, or does not. Safe for use by several threads.
 *
 * <p>Only where it does a class is touched that needs {@code tunnel-observe}.
 */
public interface Inspector extends AutoCloseable {

    /**
     * What the page says of the tunnel.
     *
     * @param local the local service's URL
     * @param publicUrl where the public reaches it; null as long as that is not known
     */
    record Tunnel(String local, Supplier<@Nullable String> publicUrl) {}

    /** Nobody looks, and nothing is kept. */
    static Inspector none(Upstream local) {
        return () -> local;
    }

    /**
     * Shows what goes to this upstream.
     *
     * @param port of the page, 0 for any free one
     * @param token what who looks has to have
     * @param timer ends what takes too long
     * @throws IllegalArgumentException if {@code tunnel-observe} is not there
     */
    static Inspector of(
            int port, String token, Upstream local, ScheduledExecutorService timer, Tunnel tunnel) {
        try {
            return new LiveInspector(port, token, local, timer, tunnel);
        } catch (NoClassDefFoundError e) {
            throw new IllegalArgumentException(
                    "the inspect page needs tunnel-observe on the class path", e);
        }
    }

    /** Where requests go to be seen. */
    Upstream upstream();

    /**
     * Starts listening.
     *
     * @throws IllegalArgumentException if the port cannot be had
     */
    default void start() {}

    /** The port that is listened on; -1 where none is. */
    default int port() {
        return -1;
    }

    /** Stops listening, and forgets all. */
    @Override
    default void close() {}
}
