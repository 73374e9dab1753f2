package io.cloudtunnel.program;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * A program's command line. The same option can be given by flag, environment, configuration file
 * and system property, in this order of precedence.
 */
public final class Program {

    static {
        Logs.begin(); // reading the configuration asks for loggers
    }

    /** Exit status where an option is missing or wrong. */
    public static final int USAGE = 2;

    private static final int LONGEST_NAME = 64;
    private static final String PRINT = "--print-config";

    private final String name;
    private final List<Option> options;
    private final CommandSpec spec;
    private @Nullable Groups groups;
    private Consumer<Configuration> check = configuration -> {};
    private Predicate<String> suspect = name -> false;

    /**
     * A program with its options.
     *
     * @param description the first lines of its help text
     */
    public Program(String name, List<Option> options, String... description) {
        this.name = name;
        this.options = List.copyOf(options);
        this.spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description).width(100).sortOptions(false);
        options.stream().filter(Option::flagged).forEach(option -> spec.addOption(flag(option)));
        spec.addOption(
                OptionSpec.builder("--config")
                        .type(String.class)
                        .paramLabel("FILE")
                        .description("Configuration file instead of application.yaml.")
                        .build());
        spec.addOption(
                OptionSpec.builder(PRINT)
                        .type(boolean.class)
                        .arity("0")
                        .description(
                                "Print what counts of all options and where it was given, without"
                                        + " secrets, and end.")
                        .build());
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("This text.")
                        .build());
        spec.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("The version.")
                        .build());
    }

    private static OptionSpec flag(Option option) {
        OptionSpec.Builder flag =
                OptionSpec.builder(option.flag())
                        .type(String.class)
                        .paramLabel(option.value())
                        .description(help(option));
        if (option.value().equals(Option.SWITCH)) {
            flag.arity("0..1").fallbackValue("true");
        }
        return flag.build();
    }

    private static String help(Option option) {
        String otherwise = option.otherwise();
        return option.help()
                + (otherwise == null ? "" : " Default: " + otherwise + ".")
                + " ["
                + option.environment()
                + "]";
    }

    /** This program, whose file may have groups. */
    public Program groups(Groups several) {
        groups = several;
        return this;
    }

    /**
     * This program, which can say of its settings whether they are good without doing anything,
     * once they are printed; it throws {@link SettingException} or {@link
     * IllegalArgumentException}.
     */
    public Program check(Consumer<Configuration> all) {
        check = all;
        return this;
    }

    /** This program, which warns of unknown names in the environment that are its own. */
    public Program warnsOf(Predicate<String> names) {
        suspect = names;
        return this;
    }

    /** What a program does with its settings; returns the exit status. */
    public interface Body {
        /**
         * Runs the program.
         *
         * @throws SettingException if an option turns out to be wrong
         */
        int run(Settings settings) throws InterruptedException;
    }

    /** The same, with groups and the file. */
    public interface WholeBody {
        /**
         * Runs the program.
         *
         * @throws SettingException if an option turns out to be wrong
         */
        int run(Configuration configuration) throws InterruptedException;
    }

    /** Parses the command line and runs the body; returns the exit status. */
    public int run(String[] args, Map<String, String> environment, Body body) {
        return runWhole(args, environment, all -> body.run(all.settings()));
    }

    /** The same for a program that looks at more than settings. */
    public int runWhole(String[] args, Map<String, String> environment, WholeBody body) {
        try {
            CommandLine commandLine = new CommandLine(spec);
            commandLine.setExpandAtFiles(false); // a value may begin with @
            commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            ParseResult parsed = commandLine.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(System.out);
                return 0;
            }
            if (parsed.isVersionHelpRequested()) {
                System.out.println(name + " " + version());
                return 0;
            }
            warn(environment);
            Configuration all = configuration(parsed, environment);
            return parsed.hasMatchedOption(PRINT) ? print(all) : body.run(all);
        } catch (ParameterException e) {
            return wrong(UsageErrors.message(e));
        } catch (SettingException e) {
            return wrong(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int wrong(String message) {
        Logs.flush();
        System.err.println(name + ": " + message);
        System.err.println("Try " + name + " --help.");
        return USAGE;
    }

    private int print(Configuration all) {
        System.out.print(all.listing());
        System.out.flush();
        try {
            check.accept(all);
            return 0;
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private void warn(Map<String, String> environment) {
        List<String> known = options.stream().map(Option::environment).toList();
        for (String given : new TreeSet<>(environment.keySet())) {
            if (suspect.test(given) && !known.contains(given)) {
                System.err.println(
                        name
                                + ": unknown name '"
                                + Printable.of(given, LONGEST_NAME)
                                + "' in the environment, which does nothing"
                                + NearMiss.hint(given, known));
            }
        }
    }

    private Configuration configuration(ParseResult parsed, Map<String, String> environment) {
        Settings.Source flags =
                new Settings.Source(
                        Option::flag,
                        option ->
                                option.flagged()
                                        ? parsed.matchedOptionValue(option.flag(), null)
                                        : null);
        Settings.Source variables =
                new Settings.Source(
                        option -> option.environment() + " in the environment",
                        option -> environment.get(option.environment()));
        Path file = ConfigFile.find(parsed.matchedOptionValue("--config", null));
        return new Configuration(options, groups, new Configuration.Given(flags, variables, file));
    }

    /** The version in the jar's manifest, or "development". */
    public static String version() {
        @Nullable String version = Program.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
