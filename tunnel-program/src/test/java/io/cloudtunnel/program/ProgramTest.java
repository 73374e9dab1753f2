package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertEquals(LEVEL.key() + " in " + file, source(settings(Map.of(), "--config", file)));
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
}
