package io.cloudtunnel.protocol.frame;

/**
 * The head of a response (RFC 9110, section 15).
 *
 * @param status the status code, 100 to 999
 * @param reason the reason phrase, one character for each byte; empty where there is none
 * @param fields the header fields
 */
public record ResponseHead(int status, String reason, Fields fields) {

    /**
     * Checks the status.
     *
     * @throws IllegalArgumentException if it does not have three digits
     */
    public ResponseHead {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status " + status + " is not within 100 to 999");
        }
    }

    /** A head without a reason phrase. */
    public ResponseHead(int status, Fields fields) {
        this(status, "", fields);
    }

    /** Whether another head follows this one (1xx, except 101, which is the last). */
    public boolean isInterim() {
        return status < 200 && status != 101;
    }

    /** The same head with other fields. */
    public ResponseHead with(Fields other) {
        return new ResponseHead(status, reason, other);
    }
}
