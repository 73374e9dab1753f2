package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.Tokens;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;

/** What holds for an answer that an agent sent, before it goes to a client. Immutable. */
public final class AnswerRules {

    private static final String INTERNAL = "Cloudtunnel-";

    private final long longestKnown;

    private AnswerRules(long longestKnown) {
        this.longestKnown = longestKnown;
    }

    /** Lengths are passed on as they are. */
    public static AnswerRules plain() {
        return new AnswerRules(Long.MAX_VALUE);
    }

    /**
     * Bodies of more than 31 MiB go out chunked, since Cloud Run refuses responses over 32 MiB of
     * known length.
     */
    public static AnswerRules chunkingLarge() {
        return new AnswerRules(31 << 20);
    }

    /** Refuses what would split or garble the response on the wire. */
    static void check(ResponseHead head) throws ExchangeException {
        Fields fields = head.fields();
        check(fields, "header");
        if (fields.all("Content-Length").size() > 1
                || (fields.contains("Content-Length") && declaredLength(fields) < 0)) {
            throw new ExchangeException(
                    ErrorCode.AGENT_ANSWER_MALFORMED,
                    "the agent's answer is malformed: its Content-Length is not one number");
        }
        if (!Tokens.isValue(head.reason())) {
            throw new ExchangeException(
                    ErrorCode.AGENT_ANSWER_MALFORMED,
                    "the agent's answer is malformed: its reason has control characters");
        }
    }

    /** The same for what follows the body. */
    static void checkTrailers(Fields trailers) throws ExchangeException {
        check(trailers, "trailer");
    }

    private static void check(Fields fields, String kind) throws ExchangeException {
        for (int i = 0; i < fields.size(); i++) {
            if (!Tokens.isToken(fields.name(i)) || !Tokens.isValue(fields.value(i))) {
                throw new ExchangeException(
                        ErrorCode.AGENT_ANSWER_MALFORMED,
                        "the agent's answer is malformed: a %1$s has characters that no %1$s may have"
                                .formatted(kind));
            }
        }
    }

    /** Whether a response to this method with this status may have a body (RFC 9112, 6.3). */
    static boolean mayHaveBody(String method, int status) {
        boolean bodiless = (status < 200 && status != 101) || status == 204 || status == 304;
        return !method.equals("HEAD") && !bodiless;
    }

    /** What Content-Length says; -1 where it says nothing that can be. */
    static long declaredLength(Fields fields) {
        String text = fields.first("Content-Length");
        if (text == null || text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            length = 10 * length + digit;
        }
        return length;
    }

    /** The fields that the client gets: end-to-end ones, and the request's id. */
    Fields fields(ResponseHead head, boolean hasBody, String requestId) {
        Fields endToEnd = withoutInternal(head.fields(), isRefusal(head));
        Fields.Builder fields = endToEnd.toBuilder().set("X-Request-Id", requestId);
        String protocol = head.fields().first("Upgrade");
        if (protocol != null && (head.status() == 101 || head.status() == 426)) {
            fields.add("Upgrade", protocol).add("Connection", "Upgrade");
        }
        Fields all = fields.build();
        boolean tooLong = hasBody && declaredLength(all) > longestKnown;
        return tooLong ? all.without("Content-Length") : all;
    }

    /** An interim response as the client gets it. */
    static ResponseHead interim(ResponseHead head) {
        return head.with(withoutInternal(head.fields(), false));
    }

    private static Fields withoutInternal(Fields fields, boolean refusal) {
        return HopByHop.strip(fields).filter((name, value) -> !isInternal(name, refusal));
    }

    /** Another instance, which has the agent's link, says which of its limits was reached. */
    private static boolean isRefusal(ResponseHead head) {
        return head.status() == 429
                && ErrorCode.TOO_MANY_REQUESTS
                        .token()
                        .equals(head.fields().first("Cloudtunnel-Error"));
    }

    /** An agent may say which error it met; the rest of these names is the server's own. */
    private static boolean isInternal(String name, boolean refusal) {
        return name.regionMatches(true, 0, INTERNAL, 0, INTERNAL.length())
                && !name.equalsIgnoreCase("Cloudtunnel-Error")
                && !(refusal && name.equalsIgnoreCase("Cloudtunnel-Limit"));
    }
}
