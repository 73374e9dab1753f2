package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    @TempDir Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("some.yaml"), text);
    }

    @Test
    void aNamedFileHasToBeThere() throws IOException {
        Path file = file("a: b\n");
        assertEquals(file, ConfigFile.find(file.toString()));
        var e = assertThrows(SettingException.class, () -> ConfigFile.find("/no/such.yaml"));
        assertEquals("--config: there is no readable file /no/such.yaml", e.getMessage());
    }

    @Test
    void theWorkingDirectoryComesBeforeThePlaceBesideTheJar() throws Exception {
        // The program's classes in a folder of their own, which comes first, stand in for its jar.
        Path classes =
                Path.of(
                        ConfigFile.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Path beside = Files.createDirectory(folder.resolve("beside"));
        Path working = Files.createDirectory(folder.resolve("working"));
        Path jar = beside.resolve("jar");
        copy(classes, jar);
        String others = Forked.classPath().replace(classes.toString(), jar.toString());
        String classPath = jar + File.pathSeparator + others;
        Files.writeString(beside.resolve("application.yaml"), "port: 1111\n");
        assertEquals("port=1111\n", port(working, classPath));
        Files.writeString(working.resolve("application.yaml"), "port: 2222\n");
        assertEquals("port=2222\n", port(working, classPath));
    }

    private static String port(Path working, String classPath) throws Exception {
        return Forked.run(working, classPath, List.of(), Forked.Sample.class).out();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @Test
    void leavesAreRead() throws IOException {
        assertEquals(
                Map.of("port", "80", "base-url", "https://a.example", "flag", "true"),
                ConfigFile.read(file("port: 80\nbase-url: https://a.example\nflag: true\n"))
                        .values());
        assertEquals(Map.of("a.b", "1"), ConfigFile.read(file("a:\n  b: 1\n")).values());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123",
                "1e5",
                "1.0e5",
                "0x1F",
                "1_000",
                "yes",
                "12:30:45",
                "2024-01-01",
                "1.50",
                "00",
                "0o17",
                ".inf",
                "123456789012345678901234",
                "+1"
            })
    void aValueIsTheTextThatWasWritten(String value) throws IOException {
        Map<String, String> written = Map.of("key", value);
        assertEquals(written, ConfigFile.read(file("key: " + value + "\n")).values());
        assertEquals(written, ConfigFile.read(file("key: '" + value + "'  # quoted\n")).values());
        assertEquals(Map.of("a.0", value), ConfigFile.read(file("a: [" + value + "]\n")).values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null", "# a comment"})
    void aKeyWithoutAValueIsBlank(String value) throws IOException {
        assertEquals(Map.of("key", ""), ConfigFile.read(file("key: " + value + "\n")).values());
    }

    @Test
    void nestedKeysListsAndAliasesAreRead() throws IOException {
        assertEquals(
                Map.of("a.b.0", "01", "a.b.1.c", "02", "d", "01"),
                ConfigFile.read(file("a:\n  b:\n  - &x 01\n  - c: 02\nd: *x\n")).values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment\n", "---\n"})
    void anEmptyFileSaysNothing(String text) throws IOException {
        assertEquals(Map.of(), ConfigFile.read(file(text)).values());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port: [1\n",
                "\tport: 1\n",
                "port: 1: 2\n",
                "'\n",
                "- a\n- b\n",
                "x",
                "a: 1\na: 2\n",
                "a: &a\n  b: *a\n",
                "[a]: 1\n"
            })
    void aBrokenFileIsNamed(String text) throws IOException {
        Path file = file(text);
        var e = assertThrows(SettingException.class, () -> ConfigFile.read(file));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file + " cannot be read: "), message);
        assertFalse(message.contains("Exception"), message);
        assertFalse(message.contains("\tat "), message);
    }

    @Test
    void aSecretInABrokenFileIsNotShown() throws IOException {
        Path file = file("key: hunter2\nkey: [hunter2\n");
        var e = assertThrows(SettingException.class, () -> ConfigFile.read(file));
        String message = String.valueOf(e.getMessage());
        assertEquals(
                file
                        + " cannot be read: it is not YAML with keys and values; see line 3, column"
                        + " 1",
                message);
    }

    @Test
    void anUnknownKeyIsRefusedWithTheOneThatWasMeant() {
        List<Option> options = List.of(Forked.Sample.PORT, Forked.Sample.KEY);
        var e =
                assertThrows(
                        SettingException.class,
                        () -> Settings.rejectUnknown(options, Map.of("prot", "1"), "some.yaml"));
        assertEquals("unknown key 'prot' in some.yaml; did you mean 'port'?", e.getMessage());
        Settings.rejectUnknown(options, Map.of("port", "1"), "some.yaml");
    }

    @Test
    void eachKeyHasItsLine() throws Exception {
        Path file = file("# one\na: 1\nb:\n  c: 2\n  d:\n  - 3\n  - e.f: 4\n");
        assertEquals(
                Map.of(
                        "a",
                        2,
                        "b",
                        3,
                        "b.c",
                        4,
                        "b.d",
                        5,
                        "b.d[0]",
                        6,
                        "b.d[1]",
                        7,
                        "b.d[1].e~1f",
                        7),
                ConfigFile.read(file).lines());
        assertEquals("b.c in " + file + ":4", ConfigFile.read(file).label("b.c"));
        assertEquals(file + ":5", ConfigFile.read(file).place("b.d.1"), "that of the list");
    }

    @Test
    void aBlockIsReadAsJson() throws Exception {
        Path file =
                file(
                        """
                        port: 80
                        access:
                          allow: [192.0.2.0/24, "::1"]
                          basic:
                            anna.b: 'x"y'
                          jwt:
                            claims: {https://a.b/roles: admin, ok: true, n: 7, octal: 010, s: "7"}
                            skew: 5
                        """);
        assertEquals(
                Map.of(
                        "port",
                        "80",
                        "access",
                        "{\"allow\":[\"192.0.2.0/24\",\"::1\"],\"basic\":{\"anna.b\":\"x\\\"y\"},"
                            + "\"jwt\":{\"claims\":{\"https://a.b/roles\":\"admin\",\"ok\":true,"
                            + "\"n\":7,\"octal\":\"010\",\"s\":\"7\"},\"skew\":5}}"),
                ConfigFile.read(file, "access"::equals).values());
        assertEquals(
                Map.of("access", "{}"),
                ConfigFile.read(file("access: '{}'\n"), "access"::equals).values(),
                "JSON, as in the environment");
    }
}
