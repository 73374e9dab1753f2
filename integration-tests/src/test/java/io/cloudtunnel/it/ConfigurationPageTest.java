package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tables of docs/configuration.md are what the code has. After a change to an option run this
 * test with {@code -Dupdate-docs=true}, which writes them.
 */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String HEAD =
            """
            | key | environment | flag | value | default | meaning | since |
            |---|---|---|---|---|---|---|
            """;

    @ParameterizedTest
    @CsvSource({
        "server,io.cloudtunnel.server.ServerOptions",
        "agent,io.cloudtunnel.agent.AgentOptions"
    })
    void hasEveryOption(String program, String holder) throws IOException {
        String page = Files.readString(PAGE);
        String begin = "<!-- options of the " + program + " -->\n";
        String end = "<!-- end of the " + program + "'s -->";
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf(end);
        assertTrue(from >= begin.length() && to >= from, "the page has no place for the table");
        String wanted = HEAD + rows(NamesTest.options(holder));
        if (Boolean.getBoolean("update-docs")) {
            Files.writeString(PAGE, page.substring(0, from) + wanted + page.substring(to));
            return;
        }
        assertEquals(wanted, page.substring(from, to), "run this test with -Dupdate-docs=true");
    }

    private static String rows(List<Option> options) {
        StringBuilder rows = new StringBuilder();
        for (Option option : options) {
            rows.append(
                    "| `%s` | `%s` | %s | %s | %s | %s | %s |\n"
                            .formatted(
                                    option.key(),
                                    option.environment(),
                                    option.flagged() ? "`" + option.flag() + "`" : "none",
                                    code(option.value()) + (option.secret() ? ", secret" : ""),
                                    otherwise(option),
                                    option.help().replace("|", "\\|"),
                                    option.since()));
        }
        return rows.toString();
    }

    private static String otherwise(Option option) {
        String text = option.otherwise();
        return text == null ? "none" : option.literal() ? code(text) : text;
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    /** A default in the help text would be one that nobody compares with the code. */
    @ParameterizedTest
    @CsvSource({"io.cloudtunnel.server.ServerOptions", "io.cloudtunnel.agent.AgentOptions"})
    void whatAnOptionSaysIsInItsPlace(String holder) {
        Set<String> seen = new HashSet<>();
        for (Option option : NamesTest.options(holder)) {
            String all = option.toString();
            assertFalse(option.help().toLowerCase(Locale.ROOT).contains("default"), all);
            assertTrue(option.help().endsWith("."), all);
            assertTrue(option.since().matches("\\d+\\.\\d+\\.\\d+"), all);
            assertTrue(seen.add(option.key()), all);
            assertTrue(seen.add(option.environment()), all);
            boolean secret =
                    !option.value().contains("FILE") // which is where it is
                            && option.key().matches(".*(secret|token|password|api-key)s?");
            assertEquals(secret, secret && option.secret(), all);
        }
    }

    /** The flags that are no options. */
    @Test
    void hasTheOtherFlags() throws IOException {
        String page = Files.readString(PAGE);
        for (String flag : List.of("--config FILE", "--print-config", "--help", "--version")) {
            assertTrue(page.contains("`" + flag + "`"), flag);
        }
    }
}
