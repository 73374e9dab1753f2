package io.cloudtunnel.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.server.observe.RequestLogs.Asked;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** What is kept of requests that failed. */
class RecentErrorsTest {

    private final RecentErrors errors =
            new RecentErrors(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    private void fail(String path, ErrorCode code) {
        RequestHead head = new RequestHead("GET", path, "key=secret", Fields.EMPTY);
        RequestLog log =
                new RequestLogs(Observation.DEFAULT, Observer.NONE, null)
                        .begin("id-1", new Asked(head, "::1", "host", true, "HTTP/1.1"));
        log.status(502);
        log.failed(code);
        log.write();
        errors.add(log, code);
    }

    private JsonNode rows(String leg) throws IOException {
        StatusReport report = new StatusReport("test");
        errors.report(report);
        for (JsonNode table : new ObjectMapper().readTree(report.toString()).path("tables")) {
            if (table.path("name").asText().equals("Recent errors: " + leg)) {
                return table.path("rows");
            }
        }
        throw new AssertionError("no table of " + leg);
    }

    @Test
    void theNewestStandsFirst() throws IOException {
        fail("/one", ErrorCode.LOCAL_BROKEN);
        fail("/two", ErrorCode.LOCAL_TIMEOUT);
        JsonNode rows = rows("local");
        assertEquals("GET /two 502 local-timeout", rows.path(0).path(4).asText());
        assertEquals("GET /one 502 local-broken", rows.path(1).path(4).asText());
        assertEquals("id-1", rows.path(0).path(0).asText());
        assertEquals("1970-01-01T00:00:00Z", rows.path(0).path(1).asText());
        assertFalse(rows.toString().contains("secret"), rows.toString());
    }

    @Test
    void whoFailsAgainAndAgainHidesNobodyElse() throws IOException {
        fail("/rare", ErrorCode.LOCAL_BROKEN);
        for (int i = 0; i < 10 * RecentErrors.MOST; i++) {
            fail("/flood" + i, ErrorCode.CANCELLED);
        }
        assertEquals(RecentErrors.MOST, rows("client").size());
        assertEquals(1, rows("local").size());
    }

    @Test
    void whatAClientChoseIsHarmlessAndShort() throws IOException {
        fail("/\u001b\u2028\u202e" + "x".repeat(5000), ErrorCode.LOCAL_BROKEN);
        String shown = rows("local").path(0).path(4).asText();
        assertTrue(shown.startsWith("GET /\\x1b\\u2028\\u202e"), shown);
        assertTrue(shown.length() < 500, shown);
    }
}
