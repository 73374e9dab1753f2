package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Reason;

/** Between the reasons on the wire and the codes that clients see; docs/protocol.md, 6.2. */
final class Reasons {

    private Reasons() {}

    /** The reason of the same name, else the nearest. */
    static Reason of(ErrorCode code) {
        return switch (code) {
            case LOCAL_UNREACHABLE -> Reason.LOCAL_UNREACHABLE;
            case LOCAL_BROKEN -> Reason.LOCAL_BROKEN;
            case LOCAL_MALFORMED -> Reason.LOCAL_MALFORMED;
            case LOCAL_TIMEOUT -> Reason.LOCAL_TIMEOUT;
            case AGENT_TIMEOUT -> Reason.AGENT_TIMEOUT;
            case AGENT_ANSWER_MALFORMED -> Reason.AGENT_ANSWER_MALFORMED;
            case BAD_REQUEST -> Reason.BAD_REQUEST;
            case REQUEST_TIMEOUT -> Reason.REQUEST_TIMEOUT;
            case BODY_TOO_LARGE -> Reason.BODY_TOO_LARGE;
            case HEAD_TOO_LARGE -> Reason.HEAD_TOO_LARGE;
            case UPGRADE_NOT_CARRIED -> Reason.UPGRADE_NOT_CARRIED;
            case ANSWER_TOO_LARGE -> Reason.ANSWER_TOO_LARGE;
            case ANSWER_WITHOUT_END -> Reason.ANSWER_WITHOUT_END;
            case TOO_MANY_STREAMS -> Reason.TOO_MANY_STREAMS;
            case OUT_OF_BUDGET -> Reason.OUT_OF_BUDGET;
            case DRAINING -> Reason.DRAINING;
            case OUTCOME_UNKNOWN -> Reason.LINK_EXPIRED; // of the hop behind the one that says so
            case CANCELLED,
                    AGENT_NOT_CONNECTED,
                    BROKER_UNAVAILABLE,
                    UNKNOWN_TUNNEL,
                    WRONG_ROLE,
                    UNAUTHORIZED,
                    FORBIDDEN,
                    TOO_MANY_REQUESTS,
                    POLICY_UNAVAILABLE ->
                    Reason.CANCELLED;
            case INTERNAL -> Reason.INTERNAL;
        };
    }

    /** The reason of a refusal: who has no agent for it is about to have no link for it either. */
    static Reason ofRefusal(ErrorCode code) {
        return code == ErrorCode.AGENT_NOT_CONNECTED ? Reason.DRAINING : of(code);
    }

    /** Whether a refusal may give this reason. */
    static boolean fitsRefused(Reason reason) {
        return switch (reason) {
            case INTERNAL,
                    DRAINING,
                    TOO_MANY_STREAMS,
                    OUT_OF_BUDGET,
                    LOCAL_UNREACHABLE,
                    BAD_REQUEST,
                    HEAD_TOO_LARGE,
                    UPGRADE_NOT_CARRIED ->
                    true;
            default -> false;
        };
    }

    private static boolean fitsReset(Reason reason) {
        return switch (reason) {
            case NONE,
                    DRAINING,
                    TOO_MANY_STREAMS,
                    HEAD_TOO_LARGE,
                    UPGRADE_NOT_CARRIED,
                    REPLACED,
                    REVOKED ->
                    false;
            default -> true;
        };
    }

    /** What a client is told when the peer gave this reason; one that does not fit is replaced. */
    static ExchangeException failure(Reason given, String text, boolean refused) {
        Reason reason = given;
        if (refused && !fitsRefused(given)) {
            reason = Reason.DRAINING;
        } else if (!refused && !fitsReset(given)) {
            reason = Reason.INTERNAL;
        }
        ErrorCode code =
                switch (reason) {
                    case CANCELLED -> ErrorCode.CANCELLED;
                    case DRAINING -> ErrorCode.AGENT_NOT_CONNECTED;
                    case TOO_MANY_STREAMS -> ErrorCode.TOO_MANY_STREAMS;
                    case OUT_OF_BUDGET -> ErrorCode.OUT_OF_BUDGET;
                    case LOCAL_UNREACHABLE -> ErrorCode.LOCAL_UNREACHABLE;
                    case LOCAL_BROKEN -> ErrorCode.LOCAL_BROKEN;
                    case LOCAL_MALFORMED -> ErrorCode.LOCAL_MALFORMED;
                    case LOCAL_TIMEOUT -> ErrorCode.LOCAL_TIMEOUT;
                    case AGENT_TIMEOUT -> ErrorCode.AGENT_TIMEOUT;
                    case AGENT_ANSWER_MALFORMED -> ErrorCode.AGENT_ANSWER_MALFORMED;
                    case BAD_REQUEST -> ErrorCode.BAD_REQUEST;
                    case REQUEST_TIMEOUT -> ErrorCode.REQUEST_TIMEOUT;
                    case BODY_TOO_LARGE -> ErrorCode.BODY_TOO_LARGE;
                    case HEAD_TOO_LARGE -> ErrorCode.HEAD_TOO_LARGE;
                    case UPGRADE_NOT_CARRIED -> ErrorCode.UPGRADE_NOT_CARRIED;
                    case ANSWER_TOO_LARGE -> ErrorCode.ANSWER_TOO_LARGE;
                    case ANSWER_WITHOUT_END -> ErrorCode.ANSWER_WITHOUT_END;
                    case LINK_EXPIRED -> ErrorCode.OUTCOME_UNKNOWN;
                    case NONE, INTERNAL, REPLACED, REVOKED -> ErrorCode.INTERNAL;
                };
        var failure = new ExchangeException(code, text.isEmpty() ? code.token() : text);
        return refused ? failure.untouched() : failure;
    }
}
