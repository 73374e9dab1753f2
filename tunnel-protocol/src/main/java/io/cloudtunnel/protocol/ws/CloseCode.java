package io.cloudtunnel.protocol.ws;

/** The close codes that are used here (RFC 6455, section 7.4, and the IANA registry). */
public final class CloseCode {

    /** The purpose of the connection is fulfilled. */
    public static final int NORMAL = 1000;

    /** This end is going away: a shutdown, or the end of the link's lifetime. */
    public static final int GOING_AWAY = 1001;

    /** The peer violated the protocol. */
    public static final int PROTOCOL_ERROR = 1002;

    /** The peer sent a kind of data that cannot be taken. */
    public static final int UNSUPPORTED_DATA = 1003;

    /** Stands for a close frame without a code; never on the wire. */
    public static final int NO_STATUS = 1005;

    /** A text that is not UTF-8. */
    public static final int INVALID_PAYLOAD = 1007;

    /** The peer did what this end does not allow. */
    public static final int POLICY_VIOLATION = 1008;

    /** A message too long for this end. */
    public static final int MESSAGE_TOO_BIG = 1009;

    /** A defect of this end. */
    public static final int INTERNAL_ERROR = 1011;

    /** The service restarts. */
    public static final int SERVICE_RESTART = 1012;

    /** The service is overloaded. */
    public static final int TRY_AGAIN_LATER = 1013;

    private CloseCode() {}

    /** Whether a code may stand in a close frame. */
    public static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1003)
                || (code >= 1007 && code <= 1014)
                || (code >= 3000 && code <= 4999);
    }
}
