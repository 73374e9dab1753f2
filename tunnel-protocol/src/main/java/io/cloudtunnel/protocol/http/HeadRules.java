package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Tokens;

/**
 * What a head must satisfy before it is written. A violation is our defect, or a peer's that was
 * not noticed before: so {@link IllegalArgumentException}, whose text repeats nothing.
 */
final class HeadRules {

    private HeadRules() {}

    static void checkRequest(String method, String target, Fields fields, BodyFraming framing) {
        check(Tokens.isToken(method), "the method is not a token");
        check(Tokens.isTarget(target), "the target is empty, or has whitespace or controls");
        switch (framing.kind()) {
            case NONE, FIXED, CHUNKED -> {}
            case UNTIL_CLOSE, RAW -> check(false, "a request's body cannot be framed so");
        }
        checkFields(fields);
        checkFraming(fields, framing, false);
    }

    static void checkResponse(int status, String reason, Fields fields, BodyFraming framing) {
        check(status >= 100 && status <= 999, "the status does not have three digits");
        check(Tokens.isValue(reason), "the reason has control characters");
        boolean bodiless = (status < 200 && status != 101) || status == 204 || status == 304;
        check(
                !bodiless || framing.kind() == BodyFraming.Kind.NONE,
                "a status that has no body, and a body");
        checkFields(fields);
        checkFraming(fields, framing, true);
    }

    static void checkTrailers(Fields trailers) {
        checkFields(trailers);
        for (int i = 0; i < trailers.size(); i++) {
            check(HopByHop.isTrailer(trailers.name(i)), "a field that may not be a trailer");
        }
    }

    private static void checkFields(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            check(Tokens.isToken(fields.name(i)), "a field name is not a token");
            check(Tokens.isValue(fields.value(i)), "a field value has control characters");
        }
    }

    /** The fields say what the framing does, or nothing of it. */
    private static void checkFraming(Fields fields, BodyFraming framing, boolean anyLength) {
        check(!fields.contains("Transfer-Encoding"), "Transfer-Encoding is not the caller's");
        long stated;
        try {
            stated = FramingRules.contentLength(fields);
        } catch (HttpException e) {
            throw new IllegalArgumentException("Content-Length is malformed or repeated", e);
        }
        boolean good =
                switch (framing.kind()) {
                    case NONE -> anyLength || stated <= 0;
                    case FIXED -> stated < 0 || stated == framing.length();
                    case CHUNKED, UNTIL_CLOSE, RAW -> stated < 0;
                };
        check(good, "Content-Length differs from the framing");
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
