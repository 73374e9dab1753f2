package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file with groups gives to each, what it refuses, and what is shown of it. */
class ConfigurationTest {

    private static final Option SERVER =
            Option.of("conf-server", "SERVER", "URL", "Where.").otherwiseAs("nowhere");
    private static final Option LOCAL = Option.of("conf-local", "LOCAL", "URL", "What.");
    private static final Option LINKS =
            Option.of("conf-links", "LINKS", "N", "How many.").otherwise("2");
    private static final Option KEY = Option.secret("conf-key", "KEY", "KEY", "Secret.");
    private static final Option ACCESS = Option.block("conf-access", "ACCESS", "Who.");
    private static final Option LOG = Option.of("conf-log", "LOG", "WORD", "Of the program.");
    private static final List<Option> ALL = List.of(SERVER, LOCAL, LINKS, KEY, ACCESS, LOG);
    private static final Groups GROUPS =
            new Groups(
                    "tunnels",
                    "tunnel",
                    List.of(SERVER, LOCAL, LINKS, KEY, ACCESS),
                    List.of(LOCAL));

    @TempDir Path folder;

    private Configuration read(String yaml, String... environment) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), yaml);
        return of(file, environment);
    }

    private static Configuration of(@Nullable Path file, String... environment) {
        Map<String, String> given = Forked.environment(environment);
        return new Configuration(
                ALL,
                GROUPS,
                new Configuration.Given(
                        new Settings.Source(Option::flag, option -> null),
                        new Settings.Source(
                                option -> option.environment() + " in the environment",
                                option -> given.get(option.environment())),
                        file));
    }

    private static Settings group(Configuration all, String name) {
        return Objects.requireNonNull(all.groups().get(name));
    }

    private String refused(String yaml, String... environment) {
        var e = assertThrows(SettingException.class, () -> read(yaml, environment));
        return String.valueOf(e.getMessage()).replace(folder + "/", "");
    }

    @Test
    void theTopHoldsForAll() throws IOException {
        Configuration all =
                read(
                        """
                        conf-server: http://a
                        conf-links: 3
                        conf-access: {allow: [192.0.2.1]}
                        tunnels:
                          shop: {conf-local: 1}
                          api:
                            conf-local: 2
                            conf-links: 4
                            conf-access:
                              deny: ["::1"]
                          bare:
                        """);
        assertEquals(Set.of("shop", "api", "bare"), all.groups().keySet());
        assertEquals(
                Map.of(
                        "conf-server", "http://a",
                        "conf-links", "3",
                        "conf-local", "1",
                        "conf-access", "{\"allow\":[\"192.0.2.1\"]}"),
                group(all, "shop").given());
        assertEquals(
                Map.of(
                        "conf-server", "http://a",
                        "conf-links", "4",
                        "conf-local", "2",
                        "conf-access", "{\"deny\":[\"::1\"]}"),
                group(all, "api").given());
        assertEquals(null, group(all, "bare").text(LOCAL));
    }

    @Test
    void theEnvironmentWinsOverTheGroup() throws IOException {
        Configuration all = read("tunnels: {a: {conf-links: 4}}", "LINKS", "5");
        assertEquals("5", group(all, "a").text(LINKS));
    }

    @Test
    void aWrongValueIsFoundInItsGroup() throws IOException {
        Configuration all = read("conf-links: 1\ntunnels:\n  a:\n    conf-links: x\n");
        var e = assertThrows(SettingException.class, () -> group(all, "a").integer(LINKS, 1, 1, 2));
        assertEquals(
                "tunnels.a.conf-links in "
                        + folder
                        + "/a.yaml:4 is 'x'; it must be a whole number from 1 to 2",
                e.getMessage());
    }

    @Test
    void whatHasChangedIsSeenAgain() throws IOException {
        Configuration before = read("tunnels: {a: {conf-local: 1}, b: {conf-local: 2}}");
        Files.writeString(folder.resolve("a.yaml"), "tunnels: {a: {conf-local: 1}}");
        Configuration after = before.again();
        assertEquals(Set.of("a"), after.groups().keySet());
        assertEquals(group(before, "a").given(), group(after, "a").given());
    }

    @Test
    void withoutGroupsThereAreNone() throws IOException {
        assertEquals(Map.of(), read("conf-local: 1").groups());
        assertEquals(Map.of(), of(null).groups());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conf-sever: x | unknown key 'conf-sever' in a.yaml:1; did you mean 'conf-server'?",
                "tunnel: x | unknown key 'tunnel' in a.yaml:1; did you mean 'tunnels'?",
                "SERVER: x | unknown key 'SERVER' in a.yaml:1; did you mean 'conf-server'?",
                "xyz: x | unknown key 'xyz' in a.yaml:1; known are: conf-server, conf-local,",
                "tunnels: {a: {conf-lokal: 1}} | unknown key 'conf-lokal' in a.yaml:1; did you",
                "tunnels: {a: {conf-log: 1}} | tunnels.a.conf-log in a.yaml:1 holds for the whole",
                "tunnels: | tunnels in a.yaml:1 has no tunnel",
                "tunnels: {} | tunnels in a.yaml:1 has no tunnel",
                "tunnels: x | tunnels in a.yaml:1 has no tunnel",
                "tunnels: [{local: 1}, {local: 2}] | tunnels in a.yaml:1 has no tunnel",
                "tunnels: [x] | tunnels in a.yaml:1 has no tunnel; below it stand their names",
                "tunnels: {a: 80} | tunnels.a in a.yaml:1 is no block of options",
                "tunnels: {a b: {conf-local: 1}} | tunnels.a\\x20b in a.yaml:1: a name has 1 to 63",
                "tunnels: {a.b: {conf-local: 1}} | : a name has 1 to 63",
                "{conf-local: 1, tunnels: {a: {conf-local: 1}}} | conf-local in a.yaml:1 is of one",
            })
    void isRefused(String yaml, String message) {
        String said = refused(yaml);
        assertTrue(said.contains(message), said);
    }

    @Test
    void whatIsOfOneIsNotGivenToAll() {
        String said = refused("tunnels: {a: {}}", "LOCAL", "80");
        assertTrue(said.startsWith("LOCAL in the environment is of one tunnel"), said);
    }

    @Test
    void whatCountsIsShownWithoutSecrets() throws IOException {
        Configuration all =
                read(
                        """
                        conf-log: "a: b"
                        conf-key: hunter2
                        conf-access: {basic: {me: hunter2}}
                        conf-server: http://me:hunter2@a
                        """,
                        "LINKS",
                        "5");
        String shown = all.listing().replace(folder + "/", "");
        assertEquals(
                """
                conf-server: '***'  # conf-server in a.yaml:4
                # conf-local:  # not given
                conf-links: 5  # LINKS in the environment
                conf-key: '***'  # conf-key in a.yaml:2
                conf-access: '***'  # conf-access in a.yaml:3
                conf-log: "a: b"  # conf-log in a.yaml:1
                """,
                shown);
        assertFalse(shown.contains("hunter2"), shown);
    }

    @Test
    void defaultsAndGroupsAreShown() throws IOException {
        String shown = read("tunnels: {a: {conf-local: 1, conf-key: hunter2}}").listing();
        assertEquals(
                """
                # conf-log:  # not given
                tunnels:
                  a:
                    # conf-server:  # default: nowhere
                    conf-local: 1  # tunnels.a.conf-local in a.yaml:1
                    conf-links: 2  # default
                    conf-key: '***'  # tunnels.a.conf-key in a.yaml:1
                    # conf-access:  # not given
                """,
                shown.replace(folder + "/", ""));
    }

    /** What is shown can be given again. */
    @Test
    void whatIsShownIsYaml() throws IOException {
        for (String value :
                new String[] {
                    "- x", "a #b", "~", "null", "{x}", "*x", "&y", "!z", "'", "\"", "a:", "x: y",
                    "\\", "%a"
                }) {
            Settings.Source source =
                    new Settings.Source(Option::key, option -> option.equals(LOG) ? value : null);
            StringBuilder out = new StringBuilder();
            Listing.write(new Settings(ALL, List.of(source)), List.of(LOG), "", out);
            assertEquals(value, read(out.toString()).settings().text(LOG), out.toString());
        }
    }
}
