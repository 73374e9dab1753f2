package io.cloudtunnel.server.front;

import io.helidon.common.GenericType;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.WritableHeaders;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * One of several field lines of one name. Of these Helidon's HTTP/2 writes the first only, so each
 * further one is put into a response under a name of its own, and has its real one when written.
 * Helidon writes them in any order: they get their values once it is known in which.
 */
final class RepeatedField implements Header {

    private final HeaderName place;
    private Header field;
    private boolean placed;

    /** A line without a value, of which the one with number 0 has its own name from the start. */
    private RepeatedField(HeaderName name, int number) {
        this.field = HeaderValues.create(name, "");
        // A space can be in no other name.
        String unique = name.lowerCase() + " " + number;
        this.place = number == 0 ? name : HeaderNames.create(unique, unique);
    }

    /**
     * Puts fields into a response.
     *
     * @param all the values of each name, in their order
     */
    static void put(Map<HeaderName, List<String>> all, WritableHeaders<?> into) {
        all.forEach((name, values) -> {
            if (values.size() == 1) {
                into.set(HeaderValues.create(name, values.getFirst()));
                return;
            }
            for (int i = 0; i < values.size(); i++) {
                RepeatedField line = new RepeatedField(name, i);
                into.set(line);
                line.placed = true;
            }
        });
        Map<HeaderName, Iterator<String>> left = new HashMap<>();
        for (Header each : into) {
            if (each instanceof RepeatedField line) {
                HeaderName name = line.headerName();
                List<String> values = Objects.requireNonNull(all.get(name));
                Iterator<String> next = left.computeIfAbsent(name, n -> values.iterator());
                line.field = HeaderValues.create(name, next.next());
            }
        }
    }

    @Override
    public String name() {
        return headerName().defaultCase();
    }

    @Override
    public HeaderName headerName() {
        return placed ? field.headerName() : place;
    }

    @Override
    public String get() {
        return field.get();
    }

    @Override
    public List<String> allValues() {
        return field.allValues();
    }

    @Override
    public int valueCount() {
        return 1;
    }

    @Override
    public boolean sensitive() {
        return field.sensitive();
    }

    @Override
    public boolean changing() {
        return true;
    }

    @Override
    public <N> Value<N> as(Class<N> type) {
        return field.as(type);
    }

    @Override
    public <N> Value<N> as(GenericType<N> type) {
        return field.as(type);
    }

    @Override
    public <N> Value<N> as(Function<? super String, ? extends N> mapper) {
        return field.as(mapper);
    }

    @Override
    public Optional<String> asOptional() {
        return field.asOptional();
    }

    @Override
    public Value<Boolean> asBoolean() {
        return field.asBoolean();
    }

    @Override
    public Value<String> asString() {
        return field.asString();
    }

    @Override
    public Value<Integer> asInt() {
        return field.asInt();
    }

    @Override
    public Value<Long> asLong() {
        return field.asLong();
    }

    @Override
    public Value<Double> asDouble() {
        return field.asDouble();
    }
}
