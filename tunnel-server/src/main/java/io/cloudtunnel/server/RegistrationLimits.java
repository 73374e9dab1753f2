package io.cloudtunnel.server;

/**
 * How many tunnels whoever may register gets; docs/access.md, "Who may register". Immutable.
 *
 * @param perMinute registrations of one client address within a minute, of which a third may fail;
 *     each instance counts for itself; 0 for no limit
 */
public record RegistrationLimits(int perMinute) {

    /** 60 in a minute. */
    public static final RegistrationLimits DEFAULT = new RegistrationLimits(60);

    /**
     * These limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public RegistrationLimits {
        if (perMinute < 0) {
            throw new IllegalArgumentException("negative: " + perMinute);
        }
    }
}
