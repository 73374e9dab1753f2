package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is named, and no value is repeated. */
class UsageErrorsTest {

    private static String error(String... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            Program program =
                    new Program(
                            "sample",
                            List.of(
                                    Option.of("port", "PORT", "N", "A port."),
                                    Option.flag("quiet", "QUIET", "A switch."),
                                    Option.secret("api-key", "API_KEY", "TEXT", "A key.")));
            assertEquals(Program.USAGE, program.run(args, Map.of(), settings -> 0));
        } finally {
            System.setErr(before);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--api-keyy hunter2",
                "--api-keyy=hunter2",
                "--api-keyy -x-hunter2",
                "--api-keyy --hunter2",
                "--api-key x hunter2",
                "hunter2",
                "-x-hunter2",
                "--port --api-key=hunter2",
                "--api-key=x --api-key=hunter2",
                "--help=hunter2",
                "--quiet=true --quiet=hunter2",
                "hunter2 --port",
            })
    void noValueIsRepeated(String line) {
        String error = error(line.split(" "));
        assertFalse(error.contains("hunter2"), error);
        assertTrue(error.startsWith("sample: "), error);
    }

    @ParameterizedTest
    @CsvSource({
        "--api-keyy x,Unknown option '--api-keyy'; did you mean '--api-key'?",
        "--prot 1,Unknown option '--prot'; did you mean '--port'?",
        "--versoin,Unknown option '--versoin'; did you mean '--version'?",
        "--api-keyy=x,Unknown option '--api-keyy'",
        "--port,Missing value of option '--port' (N)",
        "--port 1 --port 2,Option '--port' is given twice",
        "stray,Unexpected argument",
    })
    void whatIsWrongIsNamed(String line, String message) {
        String error = error(line.split(" "));
        assertTrue(error.startsWith("sample: " + message), error);
    }

    @Test
    void aValueMaySpanLines() {
        String error = error("--api-keyy=a\nhunter2");
        assertTrue(
                error.startsWith(
                        "sample: Unknown option '--api-keyy'; did you mean '--api-key'?\n"),
                error);
        assertFalse(error.contains("hunter2"), error);
    }
}
