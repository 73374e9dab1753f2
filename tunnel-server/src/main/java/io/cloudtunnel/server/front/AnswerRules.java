package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.Tokens;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/** What holds for an answer that an agent sent, before it goes to a client. */
final class AnswerRules {

    private static final String INTERNAL = "Cloudtunnel-";

    private AnswerRules() {}

    /** Refuses what would split or garble the response on the wire. */
    static void check(ResponseHead head) throws ExchangeException {
        Fields fields = head.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (!Tokens.isToken(fields.name(i)) || !Tokens.isValue(fields.value(i))) {
                throw new ExchangeException(
                        ErrorCode.AGENT_ANSWER_MALFORMED,
                        "the agent's answer is malformed: a header has characters that no header"
                                + " may have");
            }
        }
    }

    /** Whether a response to this method with this status may have a body (RFC 9112, 6.3). */
    static boolean mayHaveBody(String method, int status) {
        return !method.equals("HEAD") && status >= 200 && status != 204 && status != 304;
    }

    /** What Content-Length says, null where it says nothing that can be. */
    static @Nullable Long declaredLength(Fields fields) {
        String text = fields.first("Content-Length");
        return text != null && text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
    }

    /** The fields that the client gets: end-to-end ones, and the request's id. */
    static Fields fields(ResponseHead head, String requestId) {
        return HopByHop.strip(head.fields()).filter((name, value) -> !isInternal(name)).toBuilder()
                .set("X-Request-Id", requestId)
                .build();
    }

    /** An agent may say which error it met; the rest of these names is the server's own. */
    private static boolean isInternal(String name) {
        return name.regionMatches(true, 0, INTERNAL, 0, INTERNAL.length())
                && !name.equalsIgnoreCase("Cloudtunnel-Error");
    }
}
