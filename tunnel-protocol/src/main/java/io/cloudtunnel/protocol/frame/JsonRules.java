package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the members of a message may hold; docs/protocol.md, "JSON mode". Pure functions. */
final class JsonRules {

    private JsonRules() {}

    static String string(JsonParser json, String name) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadMember(name + " is not a string");
        }
        return json.getText();
    }

    static String method(String value) throws BadMember {
        if (!Tokens.isToken(value)) {
            throw new BadMember("method is not a token");
        }
        return value;
    }

    static String path(String value) throws BadMember {
        if (value.isEmpty()) {
            return "/";
        }
        if (value.charAt(0) != '/') {
            throw new BadMember("path does not begin with a slash");
        }
        return target(value, "path");
    }

    static @Nullable String query(String value) throws BadMember {
        return value.isEmpty() ? null : target(value, "query");
    }

    /** Anything else would end the target, or the line, where the request is written. */
    private static String target(String value, String name) throws BadMember {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) <= ' ' || value.charAt(i) == 0x7F) {
                throw new BadMember(name + " has a space or a control character");
            }
        }
        return value;
    }

    /** From 200 on: a message carries one whole response, so 1xx has no place. */
    static int status(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new BadMember("status is not an integer");
        }
        String digits = json.getText();
        if (digits.length() != 3 || digits.charAt(0) < '2') {
            throw new BadMember("status is not within 200 to 999");
        }
        return json.getIntValue();
    }

    static void field(String name, String value) throws BadMember {
        if (!Tokens.isToken(name)) {
            throw new BadMember("a name in headers is not a token");
        }
        if (value.indexOf('\0') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new BadMember("a value in headers has NUL, CR or LF");
        }
    }
}
