package io.cloudtunnel.server;

/**
 * How many tunnels whoever may register gets; docs/access.md, "Who may register". Immutable.
 *
 * @param perMinute registrations of one client address within a minute, of which a third may fail;
 *     each instance counts for itself; 0 for no limit
 * @param tunnelsPerKey that whoever registers by the same key, token or certificate may have: those
 *     that were registered while this was set, and neither deleted nor expired; 0 for any number.
 *     Needs what several instances share, or a state file
 */
public record RegistrationLimits(int perMinute, int tunnelsPerKey) {

    /** 60 in a minute, and any number of tunnels. */
    public static final RegistrationLimits DEFAULT = new RegistrationLimits(60, 0);

    /**
     * These limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public RegistrationLimits {
        if (perMinute < 0 || tunnelsPerKey < 0) {
            throw new IllegalArgumentException("negative: " + perMinute + ", " + tunnelsPerKey);
        }
    }
}
