package io.cloudtunnel.observe;

import org.jspecify.annotations.Nullable;

/** What the inspect page shows, and can ask for. Safe for use by several threads. */
public interface InspectSource {

    /**
     * What came of a wish.
     *
     * @param status of HTTP
     * @param json for the page
     */
    record Outcome(int status, String json) {}

    /**
     * The requests that are kept, as JSON, the newest first.
     *
     * @param after the version that the page has; waits for another one, but not for long
     */
    byte[] requests(long after) throws InterruptedException;

    /** All that is kept of one request, as JSON; null where nothing is. */
    byte @Nullable [] request(long number);

    /** Sends a request to the local service again; does not wait for the answer. */
    Outcome sendAgain(long number);

    /** Forgets all requests. */
    void clear();
}
