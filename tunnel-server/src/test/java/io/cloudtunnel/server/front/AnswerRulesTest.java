package io.cloudtunnel.server.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.List;
import org.junit.jupiter.api.Test;
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

    /** Another instance refuses in the name of the server; an agent names errors only. */
    @ParameterizedTest
    @CsvSource({
        "429, too-many-requests, true",
        "429, local-timeout, false",
        "200, too-many-requests, false"
    })
    void aLimitIsNamedWhereItIsARefusal(int status, String code, boolean kept) {
        Fields said =
                Fields.of(
                        "Cloudtunnel-Error",
                        code,
                        "cloudtunnel-limit",
                        "tunnel-rps",
                        "Cloudtunnel-Tunnel",
                        "t");
        Fields fields = AnswerRules.plain().fields(new ResponseHead(status, said), true, "r");
        assertEquals(kept ? "tunnel-rps" : null, fields.first("Cloudtunnel-Limit"));
        assertEquals(code, fields.first("Cloudtunnel-Error"));
        assertNull(fields.first("Cloudtunnel-Tunnel"));
    }

    @Test
    void trailersAreHeldAgainstTheRulesOfHeads() throws Exception {
        AnswerRules.checkTrailers(Fields.of("A", "1"));
        for (Fields wrong : List.of(Fields.of("A", "1\r\nB: 2"), Fields.of("a b", "1"))) {
            var e = assertThrows(ExchangeException.class, () -> AnswerRules.checkTrailers(wrong));
            assertEquals(ErrorCode.AGENT_ANSWER_MALFORMED, e.code());
            assertEquals(
                    "the agent's answer is malformed: a trailer has characters that no trailer may"
                            + " have",
                    e.text());
        }
    }
}
