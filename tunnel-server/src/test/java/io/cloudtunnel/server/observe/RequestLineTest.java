package io.cloudtunnel.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.server.observe.RequestLogs.Asked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request's line says, and that nobody but us writes it. */
class RequestLineTest {

    private static final RequestHead HEAD =
            new RequestHead("GET", "/pub/abc/x", "token=secret", Fields.EMPTY);

    private static RequestLog begin(Observation settings, RequestHead head, String client) {
        return new RequestLogs(settings, Observer.NONE, null)
                .begin("id-1", new Asked(head, client, "host", true, "HTTP/1.1"));
    }

    private static String line(RequestLog log) {
        return new RequestLine(log).toString();
    }

    @Test
    void allThatIsKnownStandsInIt() {
        RequestLog log = begin(Observation.DEFAULT, HEAD, "203.0.113.7");
        log.tunnel("abc");
        log.linked();
        log.read(5);
        log.answered();
        log.status(200);
        log.written(7);
        log.carriedBy("agent-1", true);
        log.write();
        String number = "\\d+\\.\\d";
        assertTrue(
                line(log)
                        .matches(
                                "request id=id-1 tunnel=abc client=203\\.0\\.113\\.7 GET"
                                        + " /pub/abc/x status=200 in=5 out=7 wait="
                                        + number
                                        + " head="
                                        + number
                                        + " ms="
                                        + number
                                        + " agent=agent-1 again end=ok"),
                line(log));
    }

    @Test
    void aFailureNamesItsLeg() {
        RequestLog log = begin(Observation.DEFAULT, HEAD, "::1");
        log.status(502);
        log.failed(ErrorCode.LOCAL_BROKEN);
        log.write();
        String line = line(log);
        assertTrue(line.contains("tunnel=- client=::1"), line);
        assertTrue(line.contains(" wait=- head=- ms="), line);
        assertTrue(line.endsWith(" agent=- end=local-broken leg=local"), line);
    }

    @Test
    void theQueryIsThereOnlyIfItIsWanted() {
        assertFalse(line(begin(Observation.DEFAULT, HEAD, "::1")).contains("secret"));
        Observation with = Observation.DEFAULT.withQueries(true);
        assertTrue(line(begin(with, HEAD, "::1")).contains(" /pub/abc/x?token=secret "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nrequest id=forged end=ok",
                "a\nb",
                "a\u001b[2Kb",
                "a\u0085b",
                "a\u2028b\u2029c",
                "a\u202eb\u2066c\u200f",
                "a end=ok agent=forged",
                "a\u00a0end=ok",
                "a\u0000b\u007f"
            })
    void nobodyForgesALineOrAWordOfOne(String evil) {
        RequestHead head = new RequestHead(evil, "/" + evil, null, Fields.EMPTY);
        RequestLog log = begin(Observation.DEFAULT, head, evil);
        log.tunnel("abc");
        log.carriedBy(evil, false);
        log.write();
        String line = line(log);
        assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
        assertEquals(1, line.split(" end=", -1).length - 1, line);
        assertEquals(1, line.split(" agent=", -1).length - 1, line);
        assertEquals(14, line.split(" ", -1).length, line);
    }
}
