package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Reads the member {@code headers} of a message. For one use by one thread. */
final class JsonFields {

    /** Far beyond the largest head, so that nothing but a defect or an attack reaches it. */
    static final int MAX_CHARACTERS = 1 << 20;

    private final Fields.Builder lines = Fields.builder(); // bounded by MAX_CHARACTERS
    private int characters;

    private JsonFields() {}

    static Fields read(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new BadMember("headers is not an object");
        }
        JsonFields fields = new JsonFields();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            fields.member(JsonReader.latin1(json.currentName()), json);
        }
        return fields.lines.build().grouped();
    }

    private void member(String name, JsonParser json) throws IOException {
        switch (json.nextToken()) {
            case VALUE_NULL -> {} // an empty list
            case START_ARRAY -> {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    add(name, json);
                }
            }
            default -> add(name, json);
        }
    }

    private void add(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadMember("a value in headers is not a list of strings");
        }
        String value = JsonReader.latin1(json.getText());
        JsonRules.field(name, value);
        characters += name.length() + value.length();
        if (characters > MAX_CHARACTERS) {
            throw new BadMember("headers are too long");
        }
        lines.add(name, value);
    }
}
