package io.cloudtunnel.server.access;

/**
 * How much may be used; docs/access.md, section 5. 0 stands for no limit. Immutable.
 *
 * @param requestsPerSecond requests that begin, with a burst of one second's, of 10 at least
 * @param concurrent requests at a time
 * @param bytesPerSecond bytes of bodies both ways, at least {@link #LEAST_BYTES}
 */
public record Rates(int requestsPerSecond, int concurrent, long bytesPerSecond) {

    /** No limit at all. */
    public static final Rates NONE = new Rates(0, 0, 0);

    /** A piece of a body is up to 64 KiB, and is not to wait for more than some seconds. */
    public static final long LEAST_BYTES = 16 * 1024;

    public Rates {
        if (requestsPerSecond < 0 || concurrent < 0 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("a limit below 0");
        }
        if (bytesPerSecond > 0 && bytesPerSecond < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "fewer bytes per second than the least, " + LEAST_BYTES);
        }
    }
}
