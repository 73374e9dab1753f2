package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where values come from, and which source wins. */
class ProgramTest {

    private static final Option LEVEL =
            Option.of("program-test-level", "LEVEL", "TEXT", "A level.");
    private static final Option KEY = Option.secret("program-test-key", "KEY", "TEXT", "A key.");

    @TempDir Path folder;

    @AfterEach
    void forget() {
        System.clearProperty(LEVEL.key());
    }

    private Settings settings(Map<String, String> environment, String... args) {
        AtomicReference<@Nullable Settings> seen = new AtomicReference<>();
        int status =
                new Program("sample", List.of(LEVEL, KEY))
                        .run(
                                args,
                                environment,
                                settings -> {
                                    seen.set(settings);
                                    return 3;
                                });
        assertEquals(3, status);
        Settings settings = seen.get();
        if (settings == null) {
            throw new AssertionError("not run");
        }
        return settings;
    }

    private String file(String text) throws Exception {
        Path file = folder.resolve("some.yaml");
        Files.writeString(file, text);
        return file.toString();
    }

    @Test
    void theFlagWinsThenEnvironmentFileAndProperty() throws Exception {
        String file = file(LEVEL.key() + ": file\n");
        Map<String, String> environment = Forked.environment("LEVEL", "environment");
        System.setProperty(LEVEL.key(), "property");
        Settings all = settings(environment, "--program-test-level", "flag", "--config", file);
        assertEquals("flag", all.text(LEVEL));
        assertEquals("environment", settings(environment, "--config", file).text(LEVEL));
        assertEquals("file", settings(Map.of(), "--config", file).text(LEVEL));
        assertEquals("property", settings(Map.of()).text(LEVEL));
        System.clearProperty(LEVEL.key());
        assertEquals("default", settings(Map.of()).text(LEVEL, "default"));
    }

    @Test
    void theMessageSaysWhereAWrongValueStands() throws Exception {
        String file = file(LEVEL.key() + ": x\n");
        assertEquals("--program-test-level", source(settings(Map.of(), "--program-test-level=x")));
        assertEquals(
                "LEVEL in the environment", source(settings(Forked.environment("LEVEL", "x"))));
        assertEquals(
                LEVEL.key() + " in " + file + ":1", source(settings(Map.of(), "--config", file)));
        System.setProperty(LEVEL.key(), "x");
        assertEquals("the system property " + LEVEL.key(), source(settings(Map.of())));
    }

    private static String source(Settings settings) {
        var e = assertThrows(SettingException.class, () -> settings.integer(LEVEL, 1, 1, 2));
        String message = String.valueOf(e.getMessage());
        return message.substring(0, message.indexOf(" is 'x'"));
    }

    @Test
    void aValueInTheFileIsMeantAsItIs() throws Exception {
        String file = file(LEVEL.key() + ": a$b${PATH}\n" + KEY.key() + ": k\n");
        Settings settings = settings(Map.of(), "--config", file);
        assertEquals("a$b${PATH}", settings.text(LEVEL));
        assertEquals("k", settings.text(KEY));
    }

    @Test
    void theEnvironmentIsNotMixedIntoTheFile() throws Exception {
        System.setProperty(LEVEL.key(), "property");
        String file = file("# nothing\n" + KEY.key() + ": k\n");
        assertEquals(
                "the system property " + LEVEL.key(),
                sourceOf(settings(Map.of(), "--config", file)));
    }

    private static String sourceOf(Settings settings) {
        String message = String.valueOf(settings.wrong(LEVEL, "something else").getMessage());
        return message.substring(0, message.indexOf(" is '"));
    }

    private record Result(int status, String out, String err) {}

    private static Result run(Program program, Map<String, String> environment, String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            int status =
                    program.run(
                            args,
                            environment,
                            settings -> {
                                throw new AssertionError("the program runs");
                            });
            return new Result(
                    status,
                    outBytes.toString(StandardCharsets.UTF_8),
                    errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void theConfigurationIsPrintedInsteadOfRunning() {
        Map<String, String> environment = Forked.environment("KEY", "hunter2", "LEVEL", "3");
        Program program = new Program("sample", List.of(LEVEL, KEY));
        Result result = run(program, environment, "--print-config");
        assertEquals(
                new Result(
                        0,
                        """
                        program-test-level: 3  # LEVEL in the environment
                        program-test-key: '***'  # KEY in the environment
                        """,
                        ""),
                result);
    }

    @Test
    void whatIsWrongIsSaidAfterIt() {
        Program program =
                new Program("sample", List.of(LEVEL, KEY))
                        .check(all -> all.settings().integer(LEVEL, 1, 1, 2));
        Result result = run(program, Map.of(), "--print-config", "--program-test-level", "3");
        assertEquals(Program.USAGE, result.status());
        assertTrue(result.out().startsWith("program-test-level: 3"), result::out);
        assertTrue(result.err().contains("--program-test-level is '3'"), result::err);
    }

    @Test
    void aMistypedNameInTheEnvironmentIsTold() {
        Program program =
                new Program("sample", List.of(LEVEL, KEY)).warnsOf(name -> name.startsWith("LEV"));
        Map<String, String> environment =
                Forked.environment("LEVLE", "hunter2", "OTHER", "x", "LEVEL", "1");
        Result result = run(program, environment, "--print-config");
        assertEquals(0, result.status());
        assertEquals(
                "sample: unknown name 'LEVLE' in the environment, which does nothing; did you mean"
                        + " 'LEVEL'?\n",
                result.err());
    }
}
