package io.cloudtunnel.server;

import java.time.Duration;

/**
 * How long secrets and tunnels live; docs/relay.md, "Deleted and rotated secrets". Immutable.
 *
 * @param rotateGrace for how long a secret that was rotated away still counts; zero for not at all
 * @param expiry after how long without a link a tunnel is deleted, zero for never; needs what
 *     several instances share, since something has to remember when a tunnel was used last
 */
public record TunnelLife(Duration rotateGrace, Duration expiry) {

    /** Five minutes of grace, and no expiry. */
    public static final TunnelLife DEFAULT = new TunnelLife(Duration.ofMinutes(5), Duration.ZERO);

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
        return new TunnelLife(grace, expiry);
    }

    /** The same with another expiry. */
    public TunnelLife withExpiry(Duration time) {
        return new TunnelLife(rotateGrace, time);
    }
}
