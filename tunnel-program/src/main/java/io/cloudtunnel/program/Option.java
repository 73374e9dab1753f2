package io.cloudtunnel.program;

/**
 * One option of a program, which can be given by flag, environment, configuration file and system
 * property.
 *
 * @param key the name in the file, and of the system property; the flag is {@code --key}
 * @param environment the environment variable
 * @param value what stands for the value in the help text
 * @param help a sentence for the help text, with unit and default
 * @param secret whether the value must not be shown
 * @param flagged whether there is a flag; a secret on a command line is seen by every user
 */
public record Option(
        String key,
        String environment,
        String value,
        String help,
        boolean secret,
        boolean flagged) {

    /** What stands for the value of a switch: its flag alone means true. */
    public static final String SWITCH = "true|false";

    /** What stands for the value of an option that is a block in the configuration file. */
    public static final String BLOCK = "JSON";

    /** An option whose value may be shown. */
    public static Option of(String key, String environment, String value, String help) {
        return new Option(key, environment, value, help, false, true);
    }

    /** An option whose value is a secret. */
    public static Option secret(String key, String environment, String value, String help) {
        return new Option(key, environment, value, help, true, true);
    }

    /** A block of keys in the file, and JSON elsewhere; may hold secrets. */
    public static Option block(String key, String environment, String help) {
        return secret(key, environment, BLOCK, help).withoutFlag();
    }

    /** A switch; its flag needs no value. */
    public static Option flag(String key, String environment, String help) {
        return of(key, environment, SWITCH, help);
    }

    /** This option, but not to be given on the command line. */
    public Option withoutFlag() {
        return new Option(key, environment, value, help, secret, false);
    }

    /** The flag. */
    public String flag() {
        return "--" + key;
    }
}
