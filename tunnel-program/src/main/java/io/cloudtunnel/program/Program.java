package io.cloudtunnel.program;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    private final String name;
    private final List<Option> options;
    private final CommandSpec spec;

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
                        .description(option.help() + " [" + option.environment() + "]");
        if (option.value().equals(Option.SWITCH)) {
            flag.arity("0..1").fallbackValue("true");
        }
        return flag.build();
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

    /** Parses the command line and runs the body; returns the exit status. */
    public int run(String[] args, Map<String, String> environment, Body body) {
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
            return body.run(settings(parsed, environment));
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

    private Settings settings(ParseResult parsed, Map<String, String> environment) {
        List<Settings.Source> sources = new ArrayList<>();
        sources.add(
                new Settings.Source(
                        Option::flag,
                        option ->
                                option.flagged()
                                        ? parsed.matchedOptionValue(option.flag(), null)
                                        : null));
        sources.add(
                new Settings.Source(
                        option -> option.environment() + " in the environment",
                        option -> environment.get(option.environment())));
        Path file = ConfigFile.find(parsed.matchedOptionValue("--config", null));
        if (file != null) {
            Map<String, String> values = ConfigFile.read(file, blocks());
            Settings.rejectUnknown(options, values, file.toString());
            sources.add(
                    new Settings.Source(
                            option -> option.key() + " in " + file,
                            option -> values.get(option.key())));
        }
        sources.add(
                new Settings.Source(
                        option -> "the system property " + option.key(),
                        option -> System.getProperty(option.key())));
        return new Settings(options, sources);
    }

    private Set<String> blocks() {
        return options.stream()
                .filter(option -> option.value().equals(Option.BLOCK))
                .map(Option::key)
                .collect(Collectors.toSet());
    }

    /** The version in the jar's manifest, or "development". */
    public static String version() {
        @Nullable String version = Program.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
