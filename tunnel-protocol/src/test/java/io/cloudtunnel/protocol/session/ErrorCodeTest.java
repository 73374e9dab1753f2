package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Are the codes those of docs/protocol.md, in the same order? */
class ErrorCodeTest {

    private static final Pattern ROW =
            Pattern.compile(
                    "(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\| \\w+ \\| [^|]+ \\| ([^|]+) \\|$");

    private static List<MatchResult> rows() throws IOException {
        String text = Files.readString(Path.of("../docs/protocol.md"));
        String section = text.substring(text.indexOf("## 10. Errors"));
        return ROW.matcher(section).results().toList();
    }

    @Test
    void tokensAndStatusesAreThoseOfTheDocument() throws IOException {
        assertEquals(
                rows().stream().map(row -> row.group(1) + " " + row.group(2)).toList(),
                Arrays.stream(ErrorCode.values()).map(c -> c.token() + " " + c.status()).toList());
    }

    @Test
    void textsAreThoseOfTheDocument() throws IOException {
        for (MatchResult row : rows()) {
            assertTrue(
                    Arrays.stream(ErrorCode.values())
                            .filter(code -> code.token().equals(row.group(1)))
                            .allMatch(code -> row.group(3).endsWith(code.text())),
                    row::group);
        }
    }
}
