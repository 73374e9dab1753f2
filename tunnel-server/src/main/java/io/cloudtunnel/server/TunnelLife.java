package io.cloudtunnel.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long secrets and tunnels live; docs/relay.md, "Deleted and rotated secrets". Immutable.
 *
 * @param rotateGrace for how long a secret that was rotated away still counts; zero for not at all
 * @param expiry after how long without a link a tunnel is deleted, zero for never; needs a state
 *     file or what several instances share, since something has to remember when a tunnel was used
 *     last
 * @param stateFile keeps which tunnels were deleted and which secrets rotated away, of one server
 *     alone; null for none, such as where several share a Redis
 */
public record TunnelLife(Duration rotateGrace, Duration expiry, @Nullable Path stateFile) {

    /** Five minutes of grace, no expiry, and no file. */
    public static final TunnelLife DEFAULT =
            new TunnelLife(Duration.ofMinutes(5), Duration.ZERO, null);

    /**
     * These times.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public TunnelLife {
        if (rotateGrace.isNegative() || expiry.isNegative()) {
            throw new IllegalArgumentException("negative: " + rotateGrace + ", " + expiry);
        }
    }

    /** The same with another grace. */
    public TunnelLife withRotateGrace(Duration grace) {
        return new TunnelLife(grace, expiry, stateFile);
    }

    /** The same with another expiry. */
    public TunnelLife withExpiry(Duration time) {
        return new TunnelLife(rotateGrace, time, stateFile);
    }

    /** The same with a state file, which need not be there yet. */
    public TunnelLife withStateFile(Path file) {
        return new TunnelLife(rotateGrace, expiry, file);
    }
}
