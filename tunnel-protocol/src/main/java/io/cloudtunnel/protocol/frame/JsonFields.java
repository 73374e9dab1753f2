package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the member {@code headers} of a message. For one use by one thread. */
final class JsonFields {

    /** Far beyond the largest head, so that nothing but a defect or an attack reaches it. */
    static final int MAX_CHARACTERS = 1 << 20;

    private record Lines(String name, List<String> values) {}

    private final Map<String, Lines> lines = new LinkedHashMap<>(); // bounded by MAX_CHARACTERS
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
        return fields.build();
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
        lines.computeIfAbsent(
                        name.toLowerCase(Locale.ROOT), key -> new Lines(name, new ArrayList<>(1)))
                .values()
                .add(value);
    }

    private Fields build() {
        Fields.Builder fields = Fields.builder();
        lines.values().forEach(line -> line.values().forEach(v -> fields.add(line.name(), v)));
        return fields.build();
    }
}
