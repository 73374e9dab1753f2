package io.cloudtunnel.protocol.frame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields (RFC 9110, section 5): ordered, with duplicates, names in the case in
 * which they came, looked up without regard to case.
 *
 * <p>Names and values are strings of which each character stands for one byte (ISO 8859-1), so that
 * every byte is kept as it came. Whether a name or a value is well-formed is the concern of whoever
 * reads or writes a message. Immutable.
 */
public final class Fields {

    /** No fields. */
    public static final Fields EMPTY = new Fields(new String[0]);

    private static final int MOST_GROUPED = 128;

    /** Names at even places, each followed by its value. */
    private final String[] pairs;

    private Fields(String[] pairs) {
        this.pairs = pairs;
    }

    /**
     * Fields from names and values in turn.
     *
     * @throws IllegalArgumentException if a value is missing
     */
    public static Fields of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a field name without a value");
        }
        return namesAndValues.length == 0 ? EMPTY : new Fields(namesAndValues.clone());
    }

    /** A builder without fields. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these fields. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.pairs.addAll(Arrays.asList(pairs));
        return builder;
    }

    /** The number of field lines. */
    public int size() {
        return pairs.length / 2;
    }

    /** The name of the field line at an index. */
    public String name(int index) {
        return pairs[2 * index];
    }

    /** The value of the field line at an index. */
    public String value(int index) {
        return pairs[2 * index + 1];
    }

    /** Whether there is a field of this name. */
    public boolean contains(String name) {
        return first(name) != null;
    }

    /** The first value of this name, or null. */
    public @Nullable String first(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equalsIgnoreCase(name)) {
                return pairs[i + 1];
            }
        }
        return null;
    }

    /** All values of this name, in order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equalsIgnoreCase(name)) {
                values.add(pairs[i + 1]);
            }
        }
        return values;
    }

    /**
     * The members of a comma-separated list (RFC 9110, section 5.6.1) over all lines of this name,
     * trimmed, empty ones left out. For lists of tokens only: a comma within quotes also separates.
     */
    public List<String> tokens(String name) {
        if (!contains(name)) {
            return List.of();
        }
        List<String> tokens = new ArrayList<>(2);
        for (String value : all(name)) {
            for (String part : value.split(",", -1)) {
                String token = part.strip();
                if (!token.isEmpty()) {
                    tokens.add(token);
                }
            }
        }
        return tokens;
    }

    /** Whether {@link #tokens} has this token, without regard to case. */
    public boolean hasToken(String name, String token) {
        for (String each : tokens(name)) {
            if (token.equalsIgnoreCase(each)) {
                return true;
            }
        }
        return false;
    }

    /** Passes each field line, in order. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < pairs.length; i += 2) {
            action.accept(pairs[i], pairs[i + 1]);
        }
    }

    /** The fields for whose name and value the test says true, in order. */
    public Fields filter(BiPredicate<String, String> keep) {
        int at = 0;
        while (at < pairs.length && keep.test(pairs[at], pairs[at + 1])) {
            at += 2;
        }
        if (at == pairs.length) { // as mostly: then nothing is copied
            return this;
        }
        Builder kept = new Builder();
        kept.pairs.addAll(Arrays.asList(pairs).subList(0, at));
        for (at += 2; at < pairs.length; at += 2) {
            if (keep.test(pairs[at], pairs[at + 1])) {
                kept.add(pairs[at], pairs[at + 1]);
            }
        }
        return kept.build();
    }

    /** The fields without those of the given names. */
    public Fields without(String... names) {
        NameSet dropped = NameSet.of(names);
        return filter((name, value) -> !dropped.contains(name));
    }

    /**
     * Whether lines of one name stand together, in one spelling. Always false for more than 128
     * lines: each name is compared with all others.
     */
    public boolean isGrouped() {
        if (size() > MOST_GROUPED) {
            return false;
        }
        for (int i = 2; i < pairs.length; i += 2) {
            boolean continues = pairs[i - 2].equals(pairs[i]);
            for (int j = 0; j < i && !continues; j += 2) {
                if (pairs[j].equalsIgnoreCase(pairs[i])) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The same lines, those of one name together at the place and in the spelling of the first. */
    public Fields grouped() {
        if (isGrouped()) {
            return this;
        }
        Map<String, List<String>> groups = new LinkedHashMap<>(); // by the name in lower case
        for (int i = 0; i < pairs.length; i += 2) {
            List<String> group =
                    groups.computeIfAbsent(
                            pairs[i].toLowerCase(Locale.ROOT), key -> new ArrayList<>(2));
            group.add(group.isEmpty() ? pairs[i] : group.getFirst());
            group.add(pairs[i + 1]);
        }
        Builder result = new Builder();
        groups.values().forEach(result.pairs::addAll);
        return result.build();
    }

    /** The bytes that these fields take in a message, with {@code ": "} and line ends. */
    public int byteCount() {
        int count = 0;
        for (String part : pairs) {
            count += part.length() + 2;
        }
        return count;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fields that && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pairs);
    }

    /** The names only: a value may hold a secret. */
    @Override
    public String toString() {
        Set<String> names = new TreeSet<>();
        forEach((name, value) -> names.add(name.toLowerCase(Locale.ROOT)));
        return "Fields" + names;
    }

    /** Collects fields. Not safe for use by several threads. */
    public static final class Builder {
        private final List<String> pairs = new ArrayList<>();

        private Builder() {}

        /** Adds a field line at the end. */
        public Builder add(String name, String value) {
            pairs.add(Objects.requireNonNull(name));
            pairs.add(Objects.requireNonNull(value));
            return this;
        }

        /** Adds field lines at the end. */
        public Builder addAll(Fields fields) {
            pairs.addAll(Arrays.asList(fields.pairs));
            return this;
        }

        /** Removes all lines of a name. */
        public Builder remove(String name) {
            for (int i = pairs.size() - 2; i >= 0; i -= 2) {
                if (pairs.get(i).equalsIgnoreCase(name)) {
                    pairs.subList(i, i + 2).clear();
                }
            }
            return this;
        }

        /** Replaces all lines of a name by one, at the place of the first, or at the end. */
        public Builder set(String name, String value) {
            int place = -1;
            for (int i = pairs.size() - 2; i >= 0; i -= 2) {
                if (pairs.get(i).equalsIgnoreCase(name)) {
                    pairs.subList(i, i + 2).clear();
                    place = i;
                }
            }
            pairs.addAll(place < 0 ? pairs.size() : place, List.of(name, value));
            return this;
        }

        /** The number of field lines so far. */
        public int size() {
            return pairs.size() / 2;
        }

        /** The fields collected so far. */
        public Fields build() {
            return pairs.isEmpty() ? EMPTY : new Fields(pairs.toArray(new String[0]));
        }
    }
}
