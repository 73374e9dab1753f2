package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;

/** What the text of an error begins with; docs/protocol.md, "Errors to public clients". */
final class ErrorTexts {

    private ErrorTexts() {}

    /** The published beginning, and the detail where there is one. */
    static String of(ExchangeException failure) {
        String begin = begin(failure.code());
        String detail = failure.text();
        return detail.startsWith(begin) ? detail : begin + ": " + detail;
    }

    private static String begin(ErrorCode code) {
        return switch (code) {
            case UNKNOWN_TUNNEL -> "unknown tunnel";
            case WRONG_ROLE -> "wrong role";
            case UNAUTHORIZED -> "unauthorized";
            case FORBIDDEN -> "access denied";
            case TOO_MANY_REQUESTS -> "too many requests";
            case POLICY_UNAVAILABLE -> "the tunnel's access policy cannot be applied";
            case AGENT_NOT_CONNECTED -> "agent not connected";
            case OUTCOME_UNKNOWN -> "outcome unknown: the connection to the agent was lost";
            case AGENT_ANSWER_MALFORMED -> "the agent's answer is malformed";
            case LOCAL_UNREACHABLE -> "the local service cannot be reached";
            case LOCAL_BROKEN -> "the local service broke off its answer";
            case LOCAL_MALFORMED -> "the local service's answer is malformed";
            case ANSWER_TOO_LARGE -> "the answer is too large";
            case ANSWER_WITHOUT_END -> "the answer has no end";
            case AGENT_TIMEOUT -> "timeout waiting agent";
            case LOCAL_TIMEOUT -> "timeout waiting agent: the local service is too slow";
            case BAD_REQUEST -> "bad request";
            case REQUEST_TIMEOUT -> "the request came too slowly";
            case BODY_TOO_LARGE -> "the request body is too large";
            case HEAD_TOO_LARGE -> "the request head is too large";
            case UPGRADE_NOT_CARRIED -> "this link cannot carry an upgrade";
            case TOO_MANY_STREAMS -> "too many requests on the agent's links";
            case OUT_OF_BUDGET -> "out of memory budget";
            case BROKER_UNAVAILABLE ->
                    "the broker between the server's instances cannot be reached";
            case DRAINING -> "shutting down";
            case CANCELLED -> "the client has gone";
            case INTERNAL -> "internal error";
        };
    }
}
