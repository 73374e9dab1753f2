package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads one message of JSON mode. For one use by one thread. */
final class JsonReader {

    private static final int TYPE_SHOWN = 32;

    private final Bytes text;

    private @Nullable String type;
    private @Nullable String id;
    private boolean numericId;
    private @Nullable String method;
    private String path = "/";
    private @Nullable String query;
    private int status;
    private String reason = "";
    private Fields fields = Fields.EMPTY;
    private Bytes body = Bytes.EMPTY;
    private @Nullable String problem; // the first one

    JsonReader(Bytes text) {
        this.text = text;
    }

    /**
     * Reads to the end also where a member is wrong: only a text that is JSON all through may cost
     * no more than its own request.
     */
    JsonMessage read() throws JsonSyntaxException {
        for (int i = 0; i < Math.min(4, text.length()); i++) {
            if (text.at(i) == 0) { // which the parser would take for UTF-16 or UTF-32
                throw new JsonSyntaxException("the message is not JSON in UTF-8");
            }
        }
        try (JsonParser json = text.parser(JsonCodec.FACTORY)) {
            members(json);
        } catch (JsonSyntaxException e) {
            throw e;
        } catch (StreamConstraintsException e) {
            if (id == null) {
                throw new JsonSyntaxException("the message has an overlong text, or is too deep");
            }
            note("it has an overlong text, or is too deep");
        } catch (IOException e) {
            throw new JsonSyntaxException("the message is not well-formed JSON");
        }
        return message();
    }

    /** Stops where the body begins, at what is wrong, and where the text is cut. */
    JsonBeginning readBeginning() {
        try (JsonParser json = text.parser(JsonCodec.FACTORY)) {
            boolean more = json.nextToken() == JsonToken.START_OBJECT;
            while (more && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                more = !name.equals("body");
                json.nextToken();
                switch (name) {
                    case "type", "req_id" -> member(name, json);
                    default -> json.skipChildren();
                }
            }
        } catch (IOException e) {
            note("it is cut"); // and says no more
        }
        return new JsonBeginning(type, id, numericId);
    }

    private void members(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new JsonSyntaxException("the message is not a JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            try {
                member(name, json);
            } catch (BadMember e) {
                note(e.problem);
                while (!json.getParsingContext().getParent().inRoot()) {
                    json.nextToken();
                }
            }
        }
        if (json.nextToken() != null) {
            throw new JsonSyntaxException("something follows the JSON object");
        }
    }

    private void member(String name, JsonParser json) throws IOException {
        switch (name) {
            case "type" -> type = JsonRules.string(json, name);
            case "req_id" -> id(json);
            case "method" -> method = JsonRules.method(JsonRules.string(json, name));
            case "path" -> path = JsonRules.path(latin1(JsonRules.string(json, name)));
            case "query" -> query = JsonRules.query(latin1(JsonRules.string(json, name)));
            case "status" -> status = JsonRules.status(json);
            case "reason" -> reason(json);
            case "headers" -> fields = JsonFields.read(json);
            case "body" -> body = body(json);
            default -> json.skipChildren();
        }
    }

    /** Known in binary mode only: in JSON mode whatever is there is ignored. */
    private void reason(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            reason = latin1(json.getText());
        } else {
            json.skipChildren();
        }
    }

    private void id(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            id = json.getText();
            numericId = token.isNumeric();
        } else {
            json.skipChildren();
        }
    }

    private void note(String what) {
        if (problem == null) {
            problem = what;
        }
    }

    private JsonMessage message() {
        if (id == null || type == null) {
            return unknown();
        }
        return switch (type) {
            case JsonCodec.REQUEST -> request(id);
            case JsonCodec.RESPONSE -> response(id);
            default -> unknown();
        };
    }

    private JsonMessage request(String requestId) {
        if (problem != null || method == null) {
            String what = problem == null ? "it has no method" : problem;
            return new JsonMessage.MalformedRequest(requestId, numericId, what);
        }
        return new JsonMessage.Request(
                requestId, numericId, new RequestHead(method, path, query, fields), body);
    }

    private JsonMessage response(String requestId) {
        if (problem != null || status == 0) {
            String what = problem == null ? "it has no status" : problem;
            return new JsonMessage.MalformedResponse(requestId, what);
        }
        return new JsonMessage.Response(
                requestId, numericId, new ResponseHead(status, reason, fields), body);
    }

    /** A peer may speak of more than we know; that is no error. */
    private JsonMessage unknown() {
        return new JsonMessage.Unknown(
                type == null ? null : type.substring(0, Math.min(TYPE_SHOWN, type.length())));
    }

    /** One character for each byte; a text with characters beyond that stands for its UTF-8. */
    static String latin1(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0xFF) {
                return new String(
                        value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return value;
    }

    private Bytes body(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadMember("body is not a string");
        }
        // The parser only skips it: as a text it would take several times its size.
        return Base64Text.decode(text, (int) json.currentTokenLocation().getByteOffset() + 1);
    }
}
