package io.cloudtunnel.protocol.session;

import static io.cloudtunnel.protocol.session.ServerSide.assertFails;
import static io.cloudtunnel.protocol.session.ServerSide.body;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's end of JSON mode, with an agent that does what the test says. */
@Timeout(60)
class JsonUpstreamTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void answersComeInAnyOrderAndIdsAreUnique() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(50))) {
            List<Future<String>> answers =
                    IntStream.range(0, 50)
                            .mapToObj(i -> ServerSide.start(() -> body(answered(side, "/" + i))))
                            .toList();
            List<JsonMessage.Request> requests = new ArrayList<>();
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                requests.add(side.request());
                ids.add(requests.getLast().id());
            }
            assertEquals(50, ids.size());
            Collections.reverse(requests);
            for (JsonMessage.Request request : requests) {
                side.answer(request.id(), request.head().path());
            }
            for (int i = 0; i < 50; i++) {
                assertEquals("/" + i, ServerSide.get(answers.get(i)));
            }
        }
    }

    private static Exchange answered(ServerSide side, String path) throws Exception {
        Exchange exchange = side.sent(path);
        exchange.receiveHead();
        return exchange;
    }

    @Test
    void oneMoreThanTheLimitOfStreamsIsRefused() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(2))) {
            Exchange first = side.open("/1");
            Exchange second = side.open("/2");
            assertFails(ErrorCode.TOO_MANY_STREAMS, () -> side.open("/3"));
            first.cancel(ExchangeException.of(ErrorCode.CANCELLED));
            first.cancel(ExchangeException.of(ErrorCode.CANCELLED)); // frees one place, not two
            side.open("/4");
            assertFails(ErrorCode.TOO_MANY_STREAMS, () -> side.open("/5"));
            second.cancel(ExchangeException.of(ErrorCode.CANCELLED));
        }
    }

    @Test
    void theBudgetIsHeededWhenCollectingEncodingAndAnswering() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9), new MemoryBudget(1000))) {
            Bytes piece = Bytes.wrap(new byte[600]);
            Exchange collecting = side.open("/");
            collecting.send(piece);
            assertFails(ErrorCode.OUT_OF_BUDGET, () -> collecting.send(piece));
            assertFails(ErrorCode.OUT_OF_BUDGET, () -> collecting.endRequest(Fields.EMPTY));
            assertEquals(0, side.budget.usedBytes());

            Exchange encoding = side.open("/");
            encoding.send(piece);
            assertFails(ErrorCode.OUT_OF_BUDGET, () -> encoding.endRequest(Fields.EMPTY));
            assertEquals(0, side.budget.usedBytes());

            Exchange answering = side.sent("/");
            side.answer(side.request().id(), "x".repeat(1001));
            assertFails(ErrorCode.OUT_OF_BUDGET, answering::receiveHead);
            assertEquals(0, side.budget.usedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aCancelAtAnyStepReleasesAllAndIsTheOneFailure(int step) throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = until(side, step);
            exchange.cancel(ExchangeException.of(ErrorCode.CANCELLED));
            assertEquals(0, side.budget.usedBytes());
            assertEquals(0, side.upstream.openExchanges());
            exchange.cancel(ExchangeException.of(ErrorCode.INTERNAL));
            assertFails(ErrorCode.CANCELLED, exchange::receiveHead);
            assertFails(ErrorCode.CANCELLED, exchange::receive);
            assertFails(ErrorCode.CANCELLED, () -> exchange.send(Bytes.utf8("x")));
            assertFails(ErrorCode.CANCELLED, () -> exchange.endRequest(Fields.EMPTY));
        }
    }

    /** An exchange that is opened, has a body, is sent, is at the agent, or is answered. */
    private static Exchange until(ServerSide side, int step) throws Exception {
        Exchange exchange = side.open("/");
        if (step >= 1) {
            exchange.send(Bytes.utf8("hello"));
        }
        if (step >= 2) {
            exchange.endRequest(Fields.EMPTY);
        }
        if (step >= 3) {
            JsonMessage.Request request = side.request();
            if (step >= 4) {
                side.answer(request.id(), "answer");
                exchange.receiveHead();
            }
        }
        return exchange;
    }

    @ParameterizedTest
    @CsvSource({
        "0,AGENT_NOT_CONNECTED",
        "1,AGENT_NOT_CONNECTED",
        "2,OUTCOME_UNKNOWN",
        "3,OUTCOME_UNKNOWN"
    })
    void aLostLinkIsOneFailureAndSaysWhetherItWasSent(int step, ErrorCode code) throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = until(side, step);
            side.agent.cut();
            assertFails(code, exchange::receiveHead);
            exchange.cancel(ExchangeException.of(ErrorCode.CANCELLED));
            assertFails(code, exchange::receive);
            assertFails(ErrorCode.AGENT_NOT_CONNECTED, () -> side.open("/late"));
        }
    }

    @Test
    void anAnswerThatIsThereSurvivesTheLink() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = until(side, 4);
            side.agent.cut();
            assertThrows(ExecutionException.class, side::ended);
            assertEquals("answer", body(exchange));
        }
    }

    @Test
    void aWriterThatIsStuckWhenTheLinkBreaksIsOutcomeUnknown() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            side.sent("/fills-the-link");
            Future<Exchange> stuck = ServerSide.start(() -> side.sent("/stuck"));
            side.link.awaitBlockedWriter();
            side.agent.cut();
            var e = assertThrows(ExecutionException.class, () -> ServerSide.get(stuck));
            assertEquals(
                    ErrorCode.OUTCOME_UNKNOWN,
                    assertInstanceOf(ExchangeException.class, e.getCause()).code());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"status\":\"200\"",
                "\"status\":200,\"headers\":{\"A\":[\"b\\r\\nC: d\"]}",
                "\"status\":200,\"body\":\"*\"",
                "\"status\":-20"
            })
    void aMalformedAnswerCostsItsRequestOnly(String members) throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange bad = side.sent("/bad");
            String badId = side.request().id();
            Exchange good = side.sent("/good");
            String goodId = side.request().id();
            side.sendText("{\"type\":\"resp\",\"req_id\":\"" + badId + "\"," + members + "}");
            assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, bad::receiveHead);
            side.answer(goodId, "good");
            good.receiveHead();
            assertEquals("good", body(good));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "[]", "{\"type\":\"resp\"", "{}{}"})
    void whatIsNotJsonEndsTheLink(String text) throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            side.sendText(text);
            assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
            assertEquals(1007, side.link.closeCode());
        }
    }

    @Test
    void aBinaryMessageEndsTheLink() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            side.agent.send(new Message.Binary(Bytes.utf8("{}")));
            assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, exchange::receiveHead);
            assertEquals(1003, side.link.closeCode());
        }
    }

    @Test
    void whatIsOfNoConcernIsIgnored() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            String id = side.request().id();
            for (String text :
                    List.of(
                            "{}",
                            "{\"type\":\"hello\",\"req_id\":\"" + id + "\"}",
                            "{\"type\":\"req\",\"req_id\":\"" + id + "\",\"method\":\"GET\"}",
                            "{\"type\":\"req\",\"req_id\":\"" + id + "\"}",
                            "{\"type\":\"resp\",\"req_id\":\"nobody\",\"status\":500}",
                            "{\"type\":\"resp\",\"req_id\":\"nobody\",\"status\":0}")) {
                side.agent.sendText(text);
            }
            side.answer(id, "right");
            exchange.receiveHead();
            assertEquals("right", body(exchange));
        }
    }

    @Test
    void theFirstAnswerCounts() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            String id = side.request().id();
            side.agent.sendText("{\"type\":\"resp\",\"req_id\":\"" + id + "\",\"status\":201}");
            side.agent.sendText("{\"type\":\"resp\",\"req_id\":\"" + id + "\",\"status\":202}");
            side.agent.sendText("{}");
            assertEquals(201, exchange.receiveHead().status());
            assertEquals(201, exchange.receiveHead().status());
        }
    }

    @Test
    void anAnswerToWhatWasNotAskedYetIsIgnored() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.open("/");
            exchange.send(Bytes.utf8("a"));
            // Ids can be guessed.
            side.agent.sendText("{\"type\":\"resp\",\"req_id\":\"1\",\"status\":201}");
            side.agent.sendText("{\"type\":\"resp\",\"req_id\":\"1\",\"status\":\"x\"}");
            side.agent.sendText("{}");
            side.agent.sendText("{}"); // so the two before have been taken
            exchange.send(Bytes.utf8("b"));
            exchange.endRequest(Fields.EMPTY);
            assertEquals(Bytes.utf8("ab"), side.request().body());
            side.answer("1", "right");
            assertEquals(200, exchange.receiveHead().status());
            assertEquals("right", body(exchange));
        }
    }

    @Test
    void noAnswerInTimeIsATimeoutAndALateOneIsIgnored() throws Exception {
        try (ServerSide side = new ServerSide(Limit.time(SHORT))) {
            Exchange exchange = side.sent("/");
            String id = side.request().id();
            assertFails(ErrorCode.AGENT_TIMEOUT, exchange::receiveHead);
            assertEquals(0, side.upstream.openExchanges());
            side.agent.sendText(
                    "{\"type\":\"resp\",\"req_id\":\""
                            + id
                            + "\",\"status\":200,\"body\":\"aGk=\"}");
            side.agent.sendText("{}");
            assertFails(ErrorCode.AGENT_TIMEOUT, exchange::receiveHead);
            assertFails(ErrorCode.AGENT_TIMEOUT, exchange::receive);
        }
    }

    @Test
    void theTimeForAnAnswerBeginsWithTheLastByteOfTheRequest() throws Exception {
        // A limit that nothing here can keep, if it counted from the beginning.
        try (ServerSide side = new ServerSide(Limit.time(Duration.ofSeconds(2)))) {
            Exchange exchange = side.open("/");
            Future<Integer> status = ServerSide.start(() -> exchange.receiveHead().status());
            exchange.send(Bytes.utf8("a"));
            exchange.endRequest(Fields.EMPTY);
            side.answer(side.request().id(), "x");
            assertEquals(200, ServerSide.get(status));
            assertEquals("x", body(exchange));
        }
    }

    @Test
    void aPeersLengthIsNotBelieved() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            assertEquals("5", length(side, "GET", 200, "hello"));
            assertEquals("0", length(side, "GET", 500, ""));
            assertEquals("999", length(side, "HEAD", 200, "hello"));
            assertEquals("999", length(side, "GET", 304, "hello"));
            assertNull(length(side, "GET", 204, "hello"));
        }
    }

    private static @Nullable String length(ServerSide side, String method, int status, String body)
            throws Exception {
        Exchange exchange = side.upstream.open(RequestHead.of(method, "/", Fields.EMPTY), 0);
        exchange.endRequest(Fields.EMPTY);
        side.answer(side.request().id(), status, Fields.of("content-length", "999"), body);
        String length = exchange.receiveHead().fields().first("Content-Length");
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
        assertEquals(bodiless ? "" : body, body(exchange));
        return length;
    }

    @Test
    void whatTheModeCannotCarryIsRefusedBeforeAnythingIsSent() throws Exception {
        try (ServerSide side = new ServerSide(Limit.body(10))) {
            var upgrade = RequestHead.of("GET", "/", Fields.of("Upgrade", "websocket"));
            assertFails(ErrorCode.UPGRADE_NOT_CARRIED, () -> side.upstream.open(upgrade, 0));
            assertFails(
                    ErrorCode.BODY_TOO_LARGE, () -> side.upstream.open(ServerSide.get("/"), 11));
            Exchange unknown = side.upstream.open(ServerSide.get("/"), Exchange.UNKNOWN_LENGTH);
            assertTrue(unknown.send(Bytes.utf8("0123456789")));
            assertFails(ErrorCode.BODY_TOO_LARGE, () -> unknown.send(Bytes.utf8("x")));
            assertEquals(0, side.budget.usedBytes());
        }
    }

    @Test
    void anAnswerOverALimitFails() throws Exception {
        try (ServerSide side = new ServerSide(Limit.body(10))) {
            Exchange exact = side.sent("/");
            side.answer(side.request().id(), "0123456789");
            assertEquals(200, exact.receiveHead().status());
            assertEquals("0123456789", body(exact));
            Exchange body = side.sent("/");
            side.answer(side.request().id(), "0123456789x");
            assertFails(ErrorCode.ANSWER_TOO_LARGE, body::receiveHead);
            Exchange head = side.sent("/");
            side.answer(side.request().id(), 200, Fields.of("A", "x".repeat(65_536)), "");
            assertFails(ErrorCode.AGENT_ANSWER_MALFORMED, head::receiveHead);
        }
    }

    @Test
    void drainingRefusesNewOnesAndWaitsForTheOpen() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            String id = side.request().id();
            assertFalse(side.upstream.drain(Duration.ofMillis(1)));
            assertFails(ErrorCode.AGENT_NOT_CONNECTED, () -> side.open("/new"));
            Future<Boolean> drained = ServerSide.start(() -> side.upstream.drain(Limit.LONG));
            side.answer(id, "last");
            assertTrue(ServerSide.get(drained));
            exchange.receiveHead();
            assertEquals("last", body(exchange));
        }
    }

    @Test
    void anOrderlyEndOfTheLinkIsNoError() throws Exception {
        try (ServerSide side = new ServerSide(Limit.streams(9))) {
            Exchange exchange = side.sent("/");
            side.agent.close(1001, "bye");
            assertTrue(side.ended());
            assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange::receiveHead);
        }
    }
}
