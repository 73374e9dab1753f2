package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.StandardPhrase;

/** The head that a client gets of an answer in JSON mode. */
final class JsonAnswerHead {

    private JsonAnswerHead() {}

    /**
     * What the head that an agent sent becomes.
     *
     * @param method of the request
     * @param bodyLength of the body that came
     */
    static ResponseHead of(ResponseHead sent, String method, int bodyLength) {
        return withReason(withLength(sent, method, bodyLength));
    }

    static boolean mayHaveBody(String method, int status) {
        return !method.equals("HEAD") && status != 204 && status != 304;
    }

    /**
     * What counts is the body that the message carries: an agent may have decoded it, and left the
     * field as it was. Only in answers to HEAD and in 304 it speaks of another body (RFC 9110,
     * section 8.6).
     */
    private static ResponseHead withLength(ResponseHead head, String method, int length) {
        Fields fields = head.fields();
        if (head.status() == 204) {
            return head.with(fields.without("Content-Length"));
        }
        if (!mayHaveBody(method, head.status())) {
            return head;
        }
        return head.with(
                fields.toBuilder().set("Content-Length", Integer.toString(length)).build());
    }

    /** Neither a reason nor trailers have a place in this mode: the standard one, and none. */
    private static ResponseHead withReason(ResponseHead head) {
        Fields fields = HeadFields.withoutTrailer(head).fields();
        return new ResponseHead(head.status(), StandardPhrase.of(head.status()), fields);
    }
}
