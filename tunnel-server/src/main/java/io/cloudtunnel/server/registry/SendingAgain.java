package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;

/** Which failures allow that a request is sent once more; docs/protocol.md, section 8.5. */
final class SendingAgain {

    private SendingAgain() {}

    /**
     * Whether a request that failed, before anything of an answer came, may be sent again.
     *
     * @param why a failure that says nothing about what became of the request forbids it
     */
    static boolean isAllowed(ExchangeException why, RequestHead head, long bodyLength) {
        if (why.isUntouched()) {
            return mayHelp(why.code());
        }
        return why.code() == ErrorCode.OUTCOME_UNKNOWN && bodyLength == 0 && isSafe(head.method());
    }

    /** Whether another link may do what this one would not. */
    private static boolean mayHelp(ErrorCode code) {
        return switch (code) {
            case AGENT_NOT_CONNECTED,
                    TOO_MANY_STREAMS,
                    OUT_OF_BUDGET,
                    LOCAL_UNREACHABLE,
                    INTERNAL ->
                    true;
            default -> false; // it is the request that is wrong
        };
    }

    /** Safe by RFC 9110, section 9.2.1; not all such methods, but those that everybody knows. */
    private static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }
}
