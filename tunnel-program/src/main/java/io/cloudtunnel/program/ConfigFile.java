package io.cloudtunnel.program;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file: {@code application.yaml} in the working directory, then beside the jar,
 * or the one that {@code --config} names.
 *
 * @param path where it is
 * @param values of its leaves, by keys with dots between their parts
 * @param lines where keys stand, those of blocks and groups too; the first line is 1
 */
record ConfigFile(Path path, Map<String, String> values, Map<String, Integer> lines) {

    private static final String NAME = "application.yaml";

    private static final Pattern PLACE = Pattern.compile("line \\d+, column \\d+");

    /** Finds the file; null where there is none. */
    static @Nullable Path find(@Nullable String named) {
        if (named != null) {
            Path file = Path.of(named);
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new SettingException("--config: there is no readable file " + file);
            }
            return file;
        }
        for (Path file : List.of(Path.of(NAME), besideJar())) {
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /** By the class path: a class out of an AOT cache that has moved does not know its jar. */
    private static Path besideJar() {
        String[] path = System.getProperty("java.class.path", "").split(File.pathSeparator, 2);
        return Path.of(path[0]).resolveSibling(NAME);
    }

    /** Reads a file whose keys have single values. */
    static ConfigFile read(Path file) {
        return read(file, key -> false);
    }

    /**
     * The same.
     *
     * @param blocks keys of which each has a whole block as its value, as JSON
     */
    static ConfigFile read(Path file, Predicate<String> blocks) {
        Map<String, Integer> lines = new TreeMap<>();
        try (InputStream in = Files.newInputStream(file)) {
            // Not Config.create: it would mix in the environment, which has a rank of its own here.
            Config config =
                    Config.builder()
                            .sources(ConfigSources.create(in, MediaTypes.APPLICATION_X_YAML))
                            .disableParserServices()
                            .addParser(new WrittenYaml(blocks, lines))
                            .disableEnvironmentVariablesSource()
                            .disableKeyResolving() // a key such as a$b or ${x} is meant as it is
                            .disableValueResolving()
                            .disableSystemPropertiesSource()
                            .build();
            return new ConfigFile(file, new TreeMap<>(config.asMap().orElse(Map.of())), lines);
        } catch (IOException e) {
            throw new SettingException(file + " cannot be read: " + e.getMessage());
        } catch (ConfigException e) {
            throw new SettingException(
                    file + " cannot be read: it is not YAML with keys and values" + place(e));
        }
    }

    /** Where it is wrong. The parser's own message quotes the line, which may hold a secret. */
    private static String place(ConfigException e) {
        Matcher matcher = PLACE.matcher(String.valueOf(e.getMessage()));
        String last = "";
        while (matcher.find()) {
            last = "; see " + matcher.group();
        }
        return last;
    }

    /**
     * The file and the line of a key: {@code application.yaml:3}; of a list's place that list's.
     */
    String place(String key) {
        Integer line = lines.get(key);
        int dot = key.lastIndexOf('.');
        if (line == null && dot > 0) {
            return place(key.substring(0, dot));
        }
        return line == null ? path.toString() : path + ":" + line;
    }

    /** A key and where it stands, for messages. */
    String label(String key) {
        return key + " in " + place(key);
    }
}
