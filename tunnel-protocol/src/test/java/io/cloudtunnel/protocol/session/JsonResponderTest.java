package io.cloudtunnel.protocol.session;

import static io.cloudtunnel.protocol.session.AgentSide.assertFailure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's end of JSON mode, with a server and a local service that do what the test says. */
@Timeout(60)
class JsonResponderTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    private final ScriptedUpstream local = new ScriptedUpstream();

    @Test
    void aRequestGoesToTheLocalServiceAndItsAnswerBack() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.request(
                    "\"a\"",
                    ",\"method\":\"POST\",\"path\":\"/x%2F\",\"query\":\"y\",\"body\":\"aGk=\","
                        + "\"headers\":{\"content-length\":\"77\",\"upgrade\":\"x\",\"Trailer\":\"B\",\"A\":[\"1\",\"2\"]}");
            ScriptedExchange exchange = local.next();
            assertEquals("POST", exchange.head.method());
            assertEquals("/x%2F?y", exchange.head.target());
            Fields left = Fields.of("Content-Length", "2", "A", "1", "A", "2");
            assertEquals(left, exchange.head.fields());
            assertEquals(2, exchange.bodyLength);
            assertEquals(Bytes.utf8("hi"), ServerSide.get(exchange.request));
            exchange.then(
                    new ResponseHead(103, Fields.EMPTY),
                    new ResponseHead(201, Fields.of("Trailer", "C", "B", "3")),
                    Bytes.utf8("hel"),
                    Bytes.utf8("lo"),
                    Bytes.EMPTY);
            var answer = side.answer();
            assertEquals("a", answer.id());
            assertEquals(new ResponseHead(201, Fields.of("B", "3")), answer.head());
            assertEquals("hello", answer.body().utf8());
        }
    }

    /** Five bodies and one text fit into the budget; five texts would not. */
    @Test
    void largeAnswersThatWaitForTheLinkWaitAsBodies() throws Exception {
        int mib = 1 << 20;
        try (AgentSide side = new AgentSide(local, Limit.streams(9), new MemoryBudget(7L * mib))) {
            for (int i = 0; i < 5; i++) {
                side.get("" + i);
            }
            for (int i = 0; i < 5; i++) {
                local.next().answer(200, Fields.EMPTY, Bytes.wrap(new byte[mib]));
            }
            side.link.awaitBlockedWriter();
            for (int i = 0; i < 5; i++) {
                assertEquals(mib, side.answer().body().length());
            }
        }
    }

    @Test
    void answersGoOutInTheOrderInWhichTheyCome() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("1");
            ScriptedExchange first = local.next();
            side.get("2");
            local.next().answer(202, Fields.EMPTY, Bytes.EMPTY);
            assertEquals("2", side.answer().id());
            first.answer(201, Fields.EMPTY, Bytes.EMPTY);
            assertEquals("1", side.answer().id());
        }
    }

    @ParameterizedTest
    @CsvSource({"7,true", "'\"7\"',false"})
    void theIdIsEchoedAsItCame(String id, boolean numeric) throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.request(id, ",\"method\":\"GET\"");
            local.next().answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals(numeric, side.answer().numericId());
            side.request(id, ",\"method\":1");
            assertEquals(numeric, side.answer().numericId());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"path\":\"/\"",
                ",\"method\":\"GET\",\"path\":\"x\"",
                ",\"method\":\"GET\",\"headers\":[]",
                ",\"method\":\"GET\",\"body\":\"*\""
            })
    void aMalformedRequestIsAnswered400(String members) throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.request("\"a\"", members);
            assertFailure(ErrorCode.BAD_REQUEST, side.answer());
            assertEquals(0, local.untaken());
        }
    }

    @Test
    void requestsOverALimitAreRefused() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.body(10))) {
            side.request("\"a\"", ",\"method\":\"PUT\",\"body\":\"" + base64("0123456789x") + "\"");
            assertFailure(ErrorCode.BODY_TOO_LARGE, side.answer());
            side.request(
                    "\"a\"",
                    ",\"method\":\"GET\",\"headers\":{\"A\":\"" + "x".repeat(80_000) + "\"}");
            assertFailure(ErrorCode.HEAD_TOO_LARGE, side.answer());
            assertEquals(0, local.untaken());
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Bytes.latin1(text).toByteArray());
    }

    @Test
    void oneMoreThanTheLimitOfStreamsIsRefused() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(1))) {
            side.get("1");
            ScriptedExchange first = local.next();
            side.get("2");
            var refusal = side.answer();
            assertEquals("2", refusal.id());
            assertFailure(ErrorCode.TOO_MANY_STREAMS, refusal);
            first.answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals("1", side.answer().id());
        }
    }

    @Test
    void refusalsThatTheServerDoesNotTakeAreBounded() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(1))) {
            side.get("open");
            local.next();
            int sent = 0;
            try {
                while (sent < 1000) {
                    side.request("\"" + sent + "\"", ",\"method\":\"GET\"");
                    sent++;
                }
            } catch (IOException e) {
                assertTrue(sent > 100, e::getMessage);
            }
            assertTrue(sent < 200, "the flood was taken: " + sent);
            assertEquals(1008, side.link.closeCode());
        }
    }

    @Test
    void anOverlongIdEndsTheLink() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("x".repeat(128));
            local.next().answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals(128, side.answer().id().length());
            side.get("x".repeat(129));
            assertThrows(ExecutionException.class, side::ended);
            assertEquals(1008, side.link.closeCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "[]", "{\"type\":\"req\""})
    void whatIsNotJsonEndsTheLink(String text) throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.server.sendText(text);
            assertThrows(ExecutionException.class, side::ended);
            assertEquals(1007, side.link.closeCode());
        }
    }

    @Test
    void aBinaryMessageEndsTheLink() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.server.send(new Message.Binary(Bytes.utf8("{}")));
            assertThrows(ExecutionException.class, side::ended);
            assertEquals(1003, side.link.closeCode());
        }
    }

    @Test
    void whatIsOfNoConcernIsIgnored() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.server.sendText("{\"type\":\"resp\",\"req_id\":\"1\",\"status\":200}");
            side.server.sendText("{\"type\":\"resp\",\"req_id\":\"1\",\"status\":\"x\"}");
            side.server.sendText("{\"type\":\"req\",\"method\":\"GET\"}");
            side.server.sendText("{\"type\":\"later\",\"req_id\":\"1\"}");
            side.get("right");
            local.next().answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals("right", side.answer().id());
            assertEquals(0, local.untaken());
        }
    }

    @Test
    void theBudgetIsHeededForRequestsAndAnswers() throws Exception {
        var budget = new MemoryBudget(1000);
        try (AgentSide side = new AgentSide(local, Limit.streams(9), budget)) {
            String large = base64("x".repeat(1001));
            side.request("\"a\"", ",\"method\":\"PUT\",\"body\":\"" + large + "\"");
            assertFailure(ErrorCode.OUT_OF_BUDGET, side.answer());
            assertEquals(0, local.untaken());
            side.get("b");
            local.next().answer(200, Fields.EMPTY, Bytes.wrap(new byte[1001]));
            assertFailure(ErrorCode.OUT_OF_BUDGET, side.answer());
            side.get("c"); // it fits, but not its encoded form
            local.next().answer(200, Fields.EMPTY, Bytes.wrap(new byte[600]));
            assertFailure(ErrorCode.OUT_OF_BUDGET, side.answer());
        }
    }

    @Test
    void whatTheModeCannotCarryIsRefused() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.body(10))) {
            assertFailure(ErrorCode.UPGRADE_NOT_CARRIED, answer(side, 101, Fields.EMPTY, ""));
            Fields events = Fields.of("content-type", "Text/Event-Stream; charset=utf-8");
            assertFailure(ErrorCode.ANSWER_WITHOUT_END, answer(side, 200, events, ""));
            Fields known = events.toBuilder().add("Content-Length", "2").build();
            assertEquals("hi", answer(side, 200, known, "hi").body().utf8());
            assertEquals(10, answer(side, 200, Fields.EMPTY, "0123456789").body().length());
            assertFailure(
                    ErrorCode.ANSWER_TOO_LARGE, answer(side, 200, Fields.EMPTY, "0123456789x"));
            Fields head = Fields.of("A", "x".repeat(65_536));
            assertFailure(ErrorCode.LOCAL_MALFORMED, answer(side, 200, head, ""));
        }
    }

    private JsonMessage.Response answer(AgentSide side, int status, Fields fields, String body)
            throws Exception {
        side.get("a");
        local.next().answer(status, fields, Bytes.utf8(body));
        return side.answer();
    }

    @Test
    void aLocalServiceThatIsTooSlowIsToldApartFromOneWithoutEnd() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.time(SHORT))) {
            side.get("silent");
            ScriptedExchange silent = local.next();
            assertFailure(ErrorCode.LOCAL_TIMEOUT, side.answer());
            assertTrue(silent.cancelled.isDone());
            side.get("endless");
            local.next().then(new ResponseHead(200, Fields.EMPTY), Bytes.utf8("x"));
            assertFailure(ErrorCode.ANSWER_WITHOUT_END, side.answer());
            side.get("slow");
            Fields known = Fields.of("Content-Length", "2");
            local.next().then(new ResponseHead(200, known), Bytes.utf8("x"));
            assertFailure(ErrorCode.LOCAL_TIMEOUT, side.answer());
        }
    }

    @Test
    void aFailureOfTheLocalServiceIsTold() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("a");
            local.next().then(ExchangeException.of(ErrorCode.LOCAL_BROKEN, "it went away"));
            assertFailure(ErrorCode.LOCAL_BROKEN, side.answer());
        }
    }

    @Test
    void aDefectIsToldWithoutItsDetails() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("a");
            local.next().then(new IllegalStateException("expected in this test"));
            var answer = side.answer();
            assertFailure(ErrorCode.INTERNAL, answer);
            assertEquals("internal error\n", answer.body().utf8());
        }
    }

    @Test
    void aLargeBodyIsSentWhileItsAnswerIsAwaited() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            String body = "x".repeat(200_000);
            side.request("\"a\"", ",\"method\":\"PUT\",\"body\":\"" + base64(body) + "\"");
            ScriptedExchange exchange = local.next();
            exchange.waiting.await();
            assertEquals(Bytes.latin1(body), ServerSide.get(exchange.request));
            exchange.answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals(200, side.answer().head().status());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLinksEndCancelsWhatIsOpen(boolean orderly) throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("a");
            ScriptedExchange exchange = local.next();
            exchange.waiting.await();
            if (orderly) {
                side.server.close(1001, "");
            } else {
                side.server.cut();
            }
            assertEquals(ErrorCode.OUTCOME_UNKNOWN, ServerSide.get(exchange.cancelled).code());
        }
    }

    @Test
    void drainingAnswersWhatIsOpenAndRefusesWhatIsNew() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("open");
            ScriptedExchange exchange = local.next();
            assertFalse(side.responder.drain(Duration.ofMillis(1)));
            side.get("new");
            assertFailure(ErrorCode.DRAINING, side.answer());
            Future<Boolean> drained = ServerSide.start(() -> side.responder.drain(Limit.LONG));
            exchange.answer(200, Fields.EMPTY, Bytes.EMPTY);
            assertEquals("open", side.answer().id());
            assertTrue(ServerSide.get(drained));
        }
    }

    @Test
    void anAnswerThatCannotBeSentReleasesAll() throws Exception {
        try (AgentSide side = new AgentSide(local, Limit.streams(9))) {
            side.get("1");
            ScriptedExchange first = local.next();
            side.get("2");
            ScriptedExchange second = local.next();
            first.answer(200, Fields.EMPTY, Bytes.wrap(new byte[1000]));
            second.answer(200, Fields.EMPTY, Bytes.wrap(new byte[1000]));
            side.link.awaitBlockedWriter();
            side.server.cut();
            assertThrows(ExecutionException.class, side::ended);
        }
    }
}
