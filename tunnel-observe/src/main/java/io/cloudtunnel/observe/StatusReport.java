package io.cloudtunnel.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What the status page shows: facts, and tables. Of totals it shows how fast they grow: so facts
 * have unique names, and so have the first cells of a table's rows where it has totals. For one
 * thread.
 */
public final class StatusReport {

    /** How a value is shown. */
    public enum Kind {
        /** As it is. */
        TEXT("text"),
        /** A count. */
        NUMBER("number"),
        /** A size in bytes. */
        BYTES("bytes"),
        /** A time in milliseconds. */
        DURATION("duration"),
        /** A total, of which the growth is shown. */
        RATE("rate"),
        /** A total of bytes, of which the growth is shown. */
        BYTES_RATE("bytes-rate");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode all = JsonNodeFactory.instance.objectNode();
    private final ArrayNode facts;
    private final ArrayNode tables;

    /** A report of this moment. */
    public StatusReport(String program) {
        all.put("program", program).put("nanos", System.nanoTime());
        facts = all.putArray("facts");
        tables = all.putArray("tables");
    }

    /** Adds a text. */
    public StatusReport fact(String name, String value) {
        facts.addObject().put("name", name).put("kind", Kind.TEXT.word).put("value", value);
        return this;
    }

    /** Adds a figure. */
    public StatusReport fact(String name, Kind kind, Number value) {
        ObjectNode fact = facts.addObject().put("name", name).put("kind", kind.word);
        fact.set("value", number(value.doubleValue()));
        return this;
    }

    private static JsonNode number(double value) {
        return value == Math.rint(value)
                ? JsonNodeFactory.instance.numberNode((long) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    /** Begins a table. */
    public Table table(String name) {
        return new Table(tables.addObject().put("name", name));
    }

    /** One table. For one thread. */
    public static final class Table {
        private final ObjectNode table;
        private final ArrayNode columns;
        private final ArrayNode rows;

        private Table(ObjectNode table) {
            this.table = table.put("more", 0);
            this.columns = table.putArray("columns");
            this.rows = table.putArray("rows");
        }

        /** Adds a column. */
        public Table column(String name, Kind kind) {
            columns.addObject().put("name", name).put("kind", kind.word);
            return this;
        }

        /** Adds a row with a cell for each column: a text, a number, or null for nothing. */
        public Table row(@Nullable Object... cells) {
            ArrayNode row = rows.addArray();
            for (Object cell : cells) {
                if (cell instanceof Number figure) {
                    row.add(number(figure.doubleValue()));
                } else {
                    row.add(cell == null ? null : cell.toString());
                }
            }
            return this;
        }

        /** So many rows were left out. */
        public Table more(int count) {
            table.put("more", count);
            return this;
        }
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of values can be written", e);
        }
    }

    /** The whole as JSON. */
    @Override
    public String toString() {
        return all.toString();
    }
}
