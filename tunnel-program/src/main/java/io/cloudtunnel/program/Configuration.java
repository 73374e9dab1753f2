package io.cloudtunnel.program;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that a program was given: settings of its own, and where its file has groups, settings of
 * each. Immutable; {@link #again} reads the file once more.
 */
public final class Configuration {

    /** Where values stand besides the file, and which file it is. */
    record Given(Settings.Source flags, Settings.Source environment, @Nullable Path file) {}

    private static final int LONGEST_NAME = 80;

    private static final Settings.Source PROPERTIES =
            new Settings.Source(
                    option -> "the system property " + option.key(),
                    option -> System.getProperty(option.key()));

    private final List<Option> options;
    private final @Nullable Groups groups;
    private final Given given;
    private final @Nullable ConfigFile file;
    private final Settings settings;
    private final Map<String, Settings> byName = new LinkedHashMap<>();

    /**
     * Reads the file, if there is one.
     *
     * @throws SettingException if it cannot be read, or has keys that are not known
     */
    Configuration(List<Option> options, @Nullable Groups groups, Given given) {
        this.options = options;
        this.groups = groups;
        this.given = given;
        Path path = given.file();
        this.file = path == null ? null : ConfigFile.read(path, blocks(options, groups));
        this.settings =
                new Settings(
                        options, List.of(given.flags(), given.environment(), top(), PROPERTIES));
        Map<String, String> top = new TreeMap<>(file == null ? Map.of() : file.values());
        if (groups != null && file != null) {
            top.keySet().removeIf(groups::has);
            group(groups, file);
        }
        for (String key : top.keySet()) {
            if (options.stream().noneMatch(option -> option.key().equals(key))) {
                throw Settings.unknown(known(), key, file == null ? "" : file.place(key));
            }
        }
    }

    /** Those at the top, and the key of groups, which may be meant, too. */
    private List<Option> known() {
        List<Option> all = new ArrayList<>(options);
        if (groups != null) {
            all.add(Option.block(groups.key(), groups.key(), ""));
        }
        return all;
    }

    private static Predicate<String> blocks(List<Option> options, @Nullable Groups groups) {
        Set<String> keys = new TreeSet<>();
        for (Option option : options) {
            if (option.value().equals(Option.BLOCK)) {
                keys.add(option.key());
            }
        }
        return path -> {
            String[] parts = path.split("\\.", -1);
            return parts.length == 1
                    ? keys.contains(path)
                    : parts.length == 3
                            && groups != null
                            && parts[0].equals(groups.key())
                            && keys.contains(parts[2]);
        };
    }

    private Settings.Source top() {
        return source("");
    }

    private Settings.Source source(String before) {
        ConfigFile from = file;
        return new Settings.Source(
                option -> from == null ? "" : from.label(before + option.key()),
                option -> from == null ? null : from.values().get(before + option.key()));
    }

    // ---- Groups.

    private void group(Groups all, ConfigFile from) {
        Integer line = from.lines().get(all.key());
        if (line == null) {
            return;
        }
        Set<String> names = new TreeSet<>();
        for (String path : from.lines().keySet()) {
            String[] parts = path.split("\\.", -1);
            if (parts.length == 2 && parts[0].equals(all.key())) {
                names.add(parts[1]);
            }
        }
        String scalar = from.values().get(all.key());
        if (names.isEmpty() || scalar != null) {
            throw new SettingException(
                    from.label(all.key())
                            + " has no "
                            + all.one()
                            + "; below it stand their names, and below each name its options");
        }
        for (Option option : all.alone()) {
            Settings.Found found = settings.find(option);
            if (found != null) {
                throw new SettingException(
                        found.label()
                                + " is of one "
                                + all.one()
                                + ", and "
                                + from.path()
                                + " has several: give '"
                                + option.key()
                                + ":' below the name of one, or leave '"
                                + all.key()
                                + ":' out");
            }
        }
        names.forEach(name -> byName.put(name, ofGroup(all, from, name)));
    }

    private Settings ofGroup(Groups all, ConfigFile from, String name) {
        String before = all.key() + "." + name;
        if (!Groups.isName(name)) {
            throw new SettingException(
                    Printable.of(before, LONGEST_NAME)
                            + " in "
                            + from.place(before)
                            + ": a name has 1 to 63 letters, digits, '-' or '_'");
        }
        if (!from.values().getOrDefault(before, "").isBlank()) {
            throw new SettingException(
                    from.label(before) + " is no block of options; give 'KEY: VALUE' below it");
        }
        for (String path : from.values().keySet()) {
            if (path.startsWith(before + ".")) {
                known(all, from, path, path.substring(before.length() + 1));
            }
        }
        // What differs stands in the group alone: it was refused elsewhere.
        return new Settings(
                options,
                List.of(
                        given.flags(),
                        given.environment(),
                        source(before + "."),
                        top(),
                        PROPERTIES));
    }

    private void known(Groups all, ConfigFile from, String path, String key) {
        if (all.within().stream().anyMatch(option -> option.key().equals(key))) {
            return;
        }
        if (options.stream().anyMatch(option -> option.key().equals(key))) {
            throw new SettingException(
                    from.label(path)
                            + " holds for the whole program: give '"
                            + key
                            + ":' at the top of the file");
        }
        throw Settings.unknown(all.within(), key, from.place(path));
    }

    // ---- What it has.

    /** The settings at the top, which are all there are where there are no groups. */
    public Settings settings() {
        return settings;
    }

    /** The settings of each group, by name; empty where there are none. */
    public Map<String, Settings> groups() {
        return Collections.unmodifiableMap(byName);
    }

    /** The file; null where there is none. */
    public @Nullable Path file() {
        return given.file();
    }

    /**
     * The same, with what the file has now.
     *
     * @throws SettingException if it cannot be read, or has keys that are not known
     */
    public Configuration again() {
        return new Configuration(options, groups, given);
    }

    /** All values and where they stand, for people; secrets are left out. */
    String listing() {
        StringBuilder out = new StringBuilder();
        Groups all = groups;
        if (all == null || byName.isEmpty()) {
            Listing.write(settings, options, "", out);
            return out.toString();
        }
        List<Option> common = new ArrayList<>(options);
        common.removeAll(all.within());
        Listing.write(settings, common, "", out);
        out.append(all.key()).append(":\n");
        byName.forEach((name, each) -> {
            out.append("  ").append(name).append(":\n");
            Listing.write(each, all.within(), "    ", out);
        });
        return out.toString();
    }
}
