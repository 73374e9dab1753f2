package io.cloudtunnel.program;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of a program's options, from several sources of which the first that has a value wins.
 * Each accessor throws a {@link SettingException} that names option, source and cure. Immutable.
 */
public final class Settings {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(365); // fits into nanoseconds
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 256;
    private static final Pattern BYTES = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB|)");

    /**
     * A place where values come from.
     *
     * @param label names the option in this place, for messages: {@code --port}, {@code PORT}
     * @param values the value of an option, null where there is none
     */
    public record Source(
            Function<Option, String> label, Function<Option, @Nullable String> values) {}

    /** A value, and where it was given. */
    record Found(String value, String label) {}

    private final List<Option> options;
    private final List<Source> sources;

    /** Settings for these options, from these sources, the strongest first. */
    public Settings(List<Option> options, List<Source> sources) {
        this.options = List.copyOf(options);
        this.sources = List.copyOf(sources);
    }

    /** Settings from one map of keys and values, as an embedding program has them. */
    public static Settings of(List<Option> options, Map<String, String> values) {
        rejectUnknown(options, values, "the configuration");
        Map<String, String> copy = Map.copyOf(values);
        return new Settings(
                options, List.of(new Source(Option::key, option -> copy.get(option.key()))));
    }

    /**
     * Refuses keys that no option has.
     *
     * @param where names the place, for the message
     */
    static void rejectUnknown(List<Option> options, Map<String, String> values, String where) {
        List<String> unknown = new ArrayList<>(values.keySet());
        options.forEach(option -> unknown.remove(option.key()));
        if (!unknown.isEmpty()) {
            throw unknown(options, unknown.getFirst(), where);
        }
    }

    /** The error for a key that no option has. */
    static SettingException unknown(List<Option> options, String key, String where) {
        String meant = meant(options, key);
        return new SettingException(
                "unknown key '"
                        + Printable.of(key, LONGEST_KEY)
                        + "' in "
                        + where
                        + (meant != null
                                ? "; did you mean '" + meant + "'?"
                                : "; known are: "
                                        + options.stream()
                                                .map(Option::key)
                                                .collect(Collectors.joining(", "))));
    }

    private static @Nullable String meant(List<Option> options, String key) {
        for (Option option : options) {
            if (option.environment().equalsIgnoreCase(key.replace('-', '_'))) {
                return option.key();
            }
        }
        return NearMiss.of(key, options.stream().map(Option::key).toList());
    }

    /** The options that it is for, in their order. */
    List<Option> options() {
        return options;
    }

    /**
     * What was given, for telling whether something has changed: values by keys. It holds secrets.
     */
    public Map<String, String> given() {
        Map<String, String> all = new TreeMap<>();
        for (Option option : options) {
            String value = text(option);
            if (value != null) {
                all.put(option.key(), value);
            }
        }
        return all;
    }

    /** What was given first, by rank of the sources; null where nothing was. */
    @Nullable Found find(Option option) {
        if (!options.contains(option)) {
            throw new IllegalArgumentException("not an option of this program: " + option.key());
        }
        for (Source source : sources) {
            String value = source.values().apply(option);
            if (value != null && !value.isBlank()) {
                return new Found(value.strip(), source.label().apply(option));
            }
        }
        return null;
    }

    /** The value as it was given, null where it was not. Blank counts as not given. */
    public @Nullable String text(Option option) {
        Found found = find(option);
        return found == null ? null : found.value();
    }

    /** The value, or a default. */
    public String text(Option option, String otherwise) {
        String value = text(option);
        return value == null ? otherwise : value;
    }

    /** The value, which has to be there. */
    public String required(Option option) {
        String value = text(option);
        if (value == null) {
            throw new SettingException(
                    option.key()
                            + " is missing; give it as "
                            + option.flag()
                            + " "
                            + option.value()
                            + ", as "
                            + option.environment()
                            + " in the environment, or as '"
                            + option.key()
                            + ":' in application.yaml");
        }
        return value;
    }

    /** An integer within bounds. */
    public int integer(Option option, int otherwise, int least, int most) {
        Found found = find(option);
        if (found == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(found.value());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw bad(option, found, "a whole number from " + least + " to " + most);
        }
        throw bad(option, found, "a whole number from " + least + " to " + most);
    }

    /** A duration: a number with ms, s, m, h or d. Longer than zero, at most 365 days. */
    public Duration duration(Option option, Duration otherwise) {
        Found found = find(option);
        if (found == null) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(found.value());
        Duration value = matcher.matches() ? durationOf(matcher) : Duration.ZERO;
        if (value.isZero() || value.compareTo(LONGEST) > 0) {
            throw bad(option, found, "a duration such as 500ms, 30s, 55m or 2h, of at most 365d");
        }
        return value;
    }

    private static Duration durationOf(Matcher matcher) {
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** A number of bytes within bounds: a number, alone or with KiB, MiB or GiB. */
    public long bytes(Option option, long otherwise, long least, long most) {
        Found found = find(option);
        if (found == null) {
            return otherwise;
        }
        Matcher matcher = BYTES.matcher(found.value());
        if (matcher.matches()) {
            int shift =
                    switch (matcher.group(2)) {
                        case "KiB" -> 10;
                        case "MiB" -> 20;
                        case "GiB" -> 30;
                        default -> 0;
                    };
            long number = Long.parseLong(matcher.group(1));
            if (number <= most >> shift && number << shift >= least) { // no bit is shifted out
                return number << shift;
            }
        }
        throw bad(
                option,
                found,
                "a number of bytes such as 4096, 64KiB or 64MiB, from " + least + " to " + most);
    }

    /** true or false. */
    public boolean flag(Option option, boolean otherwise) {
        Found found = find(option);
        if (found == null) {
            return otherwise;
        }
        return switch (found.value().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw bad(option, found, "true or false");
        };
    }

    /** One of several words, without regard to case; null where it was not given. */
    public @Nullable String word(Option option, String... words) {
        Found found = find(option);
        if (found == null) {
            return null;
        }
        for (String word : words) {
            if (word.equalsIgnoreCase(found.value())) {
                return word;
            }
        }
        throw bad(option, found, "one of " + String.join(", ", words));
    }

    /** An absolute http or https URL without query; null where it was not given. */
    public @Nullable URI url(Option option) {
        Found found = find(option);
        if (found == null) {
            return null;
        }
        try {
            URI url = new URI(found.value());
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw bad(option, found, "a URL such as https://example.com");
        }
        throw bad(option, found, "a URL such as https://example.com, without query or user");
    }

    /** The error for a value that was given but is wrong; a secret one is not repeated. */
    public SettingException wrong(Option option, String expected) {
        Found found = find(option);
        return found == null
                ? new SettingException(option.key() + ": give " + expected)
                : bad(option, found, expected);
    }

    private static SettingException bad(Option option, Found found, String expected) {
        String shown =
                hides(option, found.value())
                        ? "has a wrong value"
                        : "is '" + Printable.words(found.value(), LONGEST_VALUE) + "'";
        return new SettingException(found.label() + " " + shown + "; it must be " + expected);
    }

    /** Whether a value is not shown: what looks like a URL with a password in it is neither. */
    static boolean hides(Option option, String value) {
        return option.secret() || value.contains("@");
    }
}
