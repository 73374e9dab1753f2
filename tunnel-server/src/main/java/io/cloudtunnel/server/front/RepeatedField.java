package io.cloudtunnel.server.front;

import io.helidon.common.GenericType;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One of several field lines of one name. Of these Helidon's HTTP/2 writes the first only, so each
 * further one is put into a response under a name of its own, and has its real one when written.
 */
final class RepeatedField implements Header {

    private final Header field;
    private final HeaderName place;
    private boolean placed;

    RepeatedField(HeaderName name, String value, int number) {
        this.field = HeaderValues.create(name, value);
        // A space can be in no other name.
        String unique = name.lowerCase() + " " + number;
        this.place = HeaderNames.create(unique, unique);
    }

    /** It has been put into the response. */
    void placed() {
        placed = true;
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
