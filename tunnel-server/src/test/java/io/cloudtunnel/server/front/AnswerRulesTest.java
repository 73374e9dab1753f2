package io.cloudtunnel.server.front;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an answer's fields. */
class AnswerRulesTest {

    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "31, 0, true, true",
        "31, 1, true, false",
        "31, 1, false, true",
        "4096, 0, true, false"
    })
    void lengthsOver31MibAreLeftOutWhereTheyWouldBeRefused(
            long mebibytes, long more, boolean hasBody, boolean kept) {
        String length = Long.toString(mebibytes * MIB + more);
        var head = new ResponseHead(200, Fields.of("A", "1", "Content-Length", length));
        Fields withLength = Fields.of("A", "1", "Content-Length", length, "X-Request-Id", "r");
        Fields without = Fields.of("A", "1", "X-Request-Id", "r");
        assertEquals(
                kept ? withLength : without,
                AnswerRules.chunkingLarge().fields(head, hasBody, "r"));
        assertEquals(withLength, AnswerRules.plain().fields(head, hasBody, "r"));
    }
}
