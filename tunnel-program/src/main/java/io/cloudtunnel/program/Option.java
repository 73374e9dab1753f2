package io.cloudtunnel.program;

import org.jspecify.annotations.Nullable;

/**
 * One option of a program, which can be given by flag, environment, configuration file and system
 * property. This is the one place where all that docs/configuration.md has of it stands; a test
 * compares them.
 *
 * @param key the name in the file, and of the system property; the flag is {@code --key}
 * @param environment the environment variable
 * @param value what stands for the value in the help text, with its unit: {@code DURATION}, {@code
 *     BYTES}, {@code N}, or words with {@code |} between them
 * @param help a sentence or two for help text and page, without the default
 * @param otherwise what counts where it is not given; null for nothing
 * @param literal whether that is a value which could be given, not words about it
 * @param since the version that has had it first
 * @param secret whether the value must not be shown
 * @param flagged whether there is a flag; a secret on a command line is seen by every user
 */
public record Option(
        String key,
        String environment,
        String value,
        String help,
        @Nullable String otherwise,
        boolean literal,
        String since,
        boolean secret,
        boolean flagged) {

    /** What stands for the value of a switch: its flag alone means true. */
    public static final String SWITCH = "true|false";

    /** What stands for the value of an option that is a block in the configuration file. */
    public static final String BLOCK = "JSON";

    private static final String FIRST = "0.1.0";

    /** An option whose value may be shown. */
    public static Option of(String key, String environment, String value, String help) {
        return new Option(key, environment, value, help, null, false, FIRST, false, true);
    }

    /** An option whose value is a secret. */
    public static Option secret(String key, String environment, String value, String help) {
        return new Option(key, environment, value, help, null, false, FIRST, true, true);
    }

    /** A block of keys in the file, and JSON elsewhere; may hold secrets. */
    public static Option block(String key, String environment, String help) {
        return secret(key, environment, BLOCK, help).withoutFlag();
    }

    /** A switch; its flag needs no value. */
    public static Option flag(String key, String environment, String help) {
        return of(key, environment, SWITCH, help);
    }

    /** This option with a default, as it could be given: {@code 30s}. */
    public Option otherwise(String text) {
        return new Option(key, environment, value, help, text, true, since, secret, flagged);
    }

    /** This option with a default that words describe: {@code half of the heap}. */
    public Option otherwiseAs(String words) {
        return new Option(key, environment, value, help, words, false, since, secret, flagged);
    }

    /** This option, which a later version than the first one has had first. */
    public Option since(String version) {
        return new Option(
                key, environment, value, help, otherwise, literal, version, secret, flagged);
    }

    /** This option, but not to be given on the command line. */
    public Option withoutFlag() {
        return new Option(key, environment, value, help, otherwise, literal, since, secret, false);
    }

    /** The flag. */
    public String flag() {
        return "--" + key;
    }
}
