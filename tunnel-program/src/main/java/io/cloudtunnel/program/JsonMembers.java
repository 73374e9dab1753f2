package io.cloudtunnel.program;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Adds members to a JSON object that has some already. For one thread. */
public final class JsonMembers {

    private static final JsonStringEncoder STRINGS = JsonStringEncoder.getInstance();

    private final StringBuilder line;
    private boolean first;

    JsonMembers(StringBuilder line) {
        this.line = line;
    }

    /**
     * Adds a string.
     *
     * @param name without characters that JSON escapes
     */
    public JsonMembers add(String name, CharSequence value) {
        name(name).append('"');
        STRINGS.quoteAsString(value, line);
        line.append('"');
        return this;
    }

    /** Adds a number. */
    public JsonMembers add(String name, long value) {
        name(name).append(value);
        return this;
    }

    /** Adds true or false. */
    public JsonMembers add(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    /** Begins an object, whose members are added until {@link #end}. */
    public JsonMembers begin(String name) {
        name(name).append('{');
        first = true;
        return this;
    }

    /** Ends it; one that is empty must not be ended. */
    public JsonMembers end() {
        line.append('}');
        return this;
    }

    private StringBuilder name(String name) {
        line.append(first ? "\"" : ",\"");
        first = false;
        return line.append(name).append("\":");
    }
}
