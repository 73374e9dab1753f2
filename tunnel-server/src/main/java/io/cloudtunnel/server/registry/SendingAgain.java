package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When and how a request is sent once more; docs/protocol.md, section 8.5. */
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

    /** Sends on another exchange what was kept; returns false if the body is not wanted. */
    static boolean replay(Exchange on, List<Bytes> pieces, @Nullable Fields end)
            throws ExchangeException, InterruptedException {
        for (Bytes piece : pieces) {
            if (!on.send(piece)) {
                return false;
            }
        }
        if (end != null) {
            on.endRequest(end);
        }
        return true;
    }
}
