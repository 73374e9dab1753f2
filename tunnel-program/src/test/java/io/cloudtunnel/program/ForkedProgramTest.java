package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a JVM of its own shows: streams, exit status, shutdown. */
class ForkedProgramTest {

    @TempDir Path folder;

    private Forked run(String... args) throws Exception {
        return Forked.run(folder, List.of(), Forked.Sample.class, args);
    }

    @Test
    void whatAShutdownHookLogsIsNotLost() throws Exception {
        // With a file: reading it asks for loggers before the program sets up its own.
        Files.writeString(folder.resolve("application.yaml"), "port: 4711\n");
        Forked result = run();
        assertEquals(0, result.status(), result.err());
        assertEquals("port=4711\n", result.out());
        assertTrue(result.err().endsWith(" INFO last words\n"), result.err());
    }

    @Test
    void aManagerThatSomebodyChoseIsKept() throws Exception {
        Forked result =
                Forked.run(
                        folder,
                        List.of("-Djava.util.logging.manager=java.util.logging.LogManager"),
                        Forked.Sample.class);
        assertEquals(0, result.status(), result.err());
        assertFalse(result.err().contains("last words"), result.err());
    }

    @Test
    void helpGoesToStandardOutput() throws Exception {
        Forked result = run("--help");
        assertEquals(0, result.status());
        assertEquals("", result.err());
        for (String part :
                List.of("A sample.", "--port=N", "[PORT]", "--key", "--config=FILE", "--version")) {
            assertTrue(result.out().contains(part), part + " in " + result.out());
        }
    }

    @Test
    void theVersionIsOneLine() throws Exception {
        assertEquals("sample development\n", run("--version").out());
        assertEquals("sample development\n", run("-V").out());
    }

    @Test
    void aWrongFlagOrValueIsStatus2WithoutAStackTrace() throws Exception {
        Files.writeString(folder.resolve("broken.yaml"), "port: [1\nkey: {\n");
        for (String[] args :
                new String[][] {
                    {"--prot", "1"},
                    {"--port"},
                    {"stray"},
                    {"--port", "x"},
                    {"--config", "none.yaml"},
                    {"--config", "broken.yaml"},
                    {"--config", "."},
                }) {
            Forked result = run(args);
            assertEquals(2, result.status(), result.err());
            assertEquals("", result.out());
            assertTrue(result.err().startsWith("sample: "), result.err());
            assertTrue(result.err().endsWith("Try sample --help.\n"), result.err());
            assertFalse(result.err().contains("\tat "), result.err());
            assertFalse(result.err().contains("Exception"), result.err());
        }
    }

    @Test
    void theMessageNamesWhatIsWrong() throws Exception {
        assertTrue(run("--prot", "1").err().startsWith("sample: Unknown option"));
        assertTrue(run("--port").err().contains("'--port'"));
        assertEquals(
                """
                sample: --port is 'x'; it must be a whole number from 1 to 65535
                Try sample --help.
                """,
                run("--port", "x").err());
        assertEquals(
                "sample: --config: there is no readable file none.yaml\nTry sample --help.\n",
                run("--config", "none.yaml").err());
    }
}
