package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * What a head in a frame may hold, beyond what the codec sees to: nothing that could end a line, or
 * begin another message, where the head is written as HTTP/1.1. Pure functions.
 */
final class HeadFields {

    private HeadFields() {}

    /** What is wrong with it, null if nothing is. */
    static @Nullable String problem(RequestHead head) {
        if (!Tokens.isToken(head.method())) {
            return "method is not a token";
        }
        boolean form = head.path().startsWith("/") || head.target().equals("*");
        if (!form || !Tokens.isTarget(head.target())) {
            return "the target is malformed";
        }
        return problem(head.fields());
    }

    /** What is wrong with it, null if nothing is. */
    static @Nullable String problem(ResponseHead head) {
        return Tokens.isValue(head.reason()) ? problem(head.fields()) : "the reason is malformed";
    }

    private static @Nullable String problem(Fields fields) {
        return !areWellFormed(fields)
                ? "a field is malformed"
                : declaredLength(fields) < Exchange.UNKNOWN_LENGTH
                        ? "Content-Length is malformed"
                        : null;
    }

    /** The same head without {@code Upgrade}, where it asks for none. */
    static RequestHead withoutUpgrade(RequestHead head) {
        Fields fields = head.fields();
        return fields.contains("Upgrade") ? head.with(fields.without("Upgrade")) : head;
    }

    /** The same head without {@code Trailer}, where no trailers are carried. */
    static RequestHead withoutTrailer(RequestHead head) {
        Fields fields = head.fields();
        return fields.contains("Trailer") ? head.with(fields.without("Trailer")) : head;
    }

    /** The same head without {@code Trailer}, where no trailers are carried. */
    static ResponseHead withoutTrailer(ResponseHead head) {
        Fields fields = head.fields();
        return fields.contains("Trailer") ? head.with(fields.without("Trailer")) : head;
    }

    /** Whether each name is a token, and no value has NUL, CR or LF. */
    static boolean areWellFormed(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            String value = fields.value(i);
            boolean ends =
                    value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf(0) >= 0;
            if (ends || !Tokens.isToken(fields.name(i))) {
                return false;
            }
        }
        return true;
    }

    /** What Content-Length says, UNKNOWN_LENGTH where there is none, less where it is wrong. */
    static long declaredLength(Fields fields) {
        String text = fields.first("Content-Length");
        if (text == null) {
            return Exchange.UNKNOWN_LENGTH;
        }
        boolean good = !text.isEmpty() && text.length() <= 18;
        for (int i = 0; i < text.length(); i++) {
            good &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        for (int i = 0; i < fields.size(); i++) { // each line has to say the same
            good &=
                    !fields.name(i).equalsIgnoreCase("Content-Length")
                            || fields.value(i).equals(text);
        }
        return good ? Long.parseLong(text) : Exchange.UNKNOWN_LENGTH - 1;
    }
}
