package io.cloudtunnel.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, and above all what is not; docs/protocol.md, section 8.5. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RetryingExchangeTest {

    private static final Bytes PIECE = Bytes.latin1("piece");

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Bridge bridge = new Bridge(Duration.ofSeconds(5), 1);
    private final LinkRegistry links = new LinkRegistry(10, bridge, budget);
    private final FakeLink second = FakeLink.binary("b");
    private final FakeLink first = FakeLink.binary("a"); // the younger, so it is chosen

    @BeforeEach
    void connect() {
        links.add("t", second);
        links.add("t", first);
        second.load = 1;
    }

    @AfterEach
    void nothingIsKept() {
        assertEquals(0, budget.usedBytes());
        assertEquals(0, bridge.waiting());
    }

    private static ExchangeException lost() {
        return new ExchangeException(ErrorCode.OUTCOME_UNKNOWN, "lost");
    }

    private static ExchangeException refused() {
        return new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "leaving").untouched();
    }

    private static ExchangeException gone() {
        return new ExchangeException(ErrorCode.CANCELLED, "gone");
    }

    private Exchange open(String method, long bodyLength) throws Exception {
        return open(RequestHead.of(method, "/", Fields.EMPTY), bodyLength);
    }

    private Exchange open(RequestHead head, long bodyLength) throws Exception {
        TunnelUpstream tunnel = links.find("t");
        assertNotNull(tunnel);
        return tunnel.open(head, bodyLength);
    }

    private static Exchange sent(Exchange exchange, Bytes... pieces) throws Exception {
        for (Bytes piece : pieces) {
            assertTrue(exchange.send(piece));
        }
        exchange.endRequest(Fields.EMPTY);
        return exchange;
    }

    private static void assertFails(ErrorCode code, Exchange exchange) {
        ExchangeException e = assertThrows(ExchangeException.class, exchange::receiveHead);
        assertEquals(code, e.code());
        exchange.cancel(gone());
    }

    private static void assertAnswered(Exchange exchange) throws Exception {
        assertEquals(200, exchange.receiveHead().status());
        exchange.cancel(gone());
    }

    private void secondAnswers() {
        answers(second);
    }

    private static void answers(FakeLink link) {
        FutureTask<Void> answer =
                new FutureTask<>(() -> {
                    while (link.count() == 0) {
                        Thread.onSpinWait();
                    }
                    link.only().head(200);
                    return null;
                });
        Thread.ofVirtual().start(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void aSafeRequestIsSentAgainWhenItsLinkIsLost(String method) throws Exception {
        Exchange exchange = sent(open(method, 0));
        first.only().fail(lost());
        secondAnswers();
        assertAnswered(exchange);
        assertTrue(first.only().cancelled, "what it held is freed");
        assertTrue(second.only().ended);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "get"})
    void noOtherIsSentTwice(String method) throws Exception {
        Exchange exchange = sent(open(method, 0));
        first.only().fail(lost());
        assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void noPostWithABodyIsSentTwice() throws Exception {
        Exchange exchange = open("POST", 5);
        first.only().fail(lost());
        assertThrows(ExchangeException.class, () -> exchange.send(PIECE));
        assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void aGetWithABodyIsNotSentTwice() throws Exception {
        Exchange exchange = sent(open("GET", 5), PIECE);
        first.only().fail(lost());
        assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange);
        assertEquals(0, second.count());
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"AGENT_TIMEOUT", "LOCAL_BROKEN", "AGENT_ANSWER_MALFORMED", "CANCELLED"})
    void aFailureOfAnotherKindIsNoReason(ErrorCode code) throws Exception {
        Exchange exchange = sent(open("GET", 0));
        first.only().fail(new ExchangeException(code, "other"));
        assertFails(code, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void aRefusedPostIsSentAgainWithItsBody() throws Exception {
        Exchange exchange = sent(open("POST", 10), PIECE, PIECE);
        first.only().fail(refused());
        secondAnswers();
        assertAnswered(exchange);
        assertEquals("piecepiece", second.only().body.toString());
        assertTrue(second.only().ended);
    }

    @Test
    void aBodyThatIsStillComingGoesOnElsewhere() throws Exception {
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        assertTrue(exchange.send(PIECE));
        FutureTask<Integer> answer = new FutureTask<>(() -> exchange.receiveHead().status());
        first.only().fail(refused());
        Thread.ofVirtual().start(answer); // it must not send again what this thread may add to
        assertTrue(exchange.send(PIECE));
        exchange.endRequest(Fields.EMPTY);
        second.only().head(200);
        assertEquals(200, answer.get(10, TimeUnit.SECONDS));
        assertEquals("piecepiece", second.only().body.toString());
        exchange.cancel(gone());
    }

    private static FutureTask<Integer> receives(Exchange exchange) {
        FutureTask<Integer> answer = new FutureTask<>(() -> exchange.receiveHead().status());
        Thread.ofVirtual().start(answer);
        return answer;
    }

    private static void await(FakeLink link, String body) {
        while (link.count() == 0 || !body.contentEquals(link.only().body)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aBodyThatPausesIsSentAgainByWhoReceives() throws Exception {
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        assertTrue(exchange.send(PIECE));
        FutureTask<Integer> answer = receives(exchange);
        first.only().fail(refused());
        await(second, "piece"); // the client says nothing meanwhile
        assertTrue(exchange.send(Bytes.latin1(", the rest")));
        exchange.endRequest(Fields.EMPTY);
        second.only().head(200);
        assertEquals(200, answer.get(10, TimeUnit.SECONDS));
        assertEquals("piece, the rest", second.only().body.toString());
        assertTrue(second.only().ended);
        exchange.cancel(gone());
    }

    @Test
    void aBodyThatPausesDoesNotHoldTheFailureBack() throws Exception {
        links.remove("t", second);
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        assertTrue(exchange.send(PIECE));
        first.only().fail(new ExchangeException(ErrorCode.LOCAL_UNREACHABLE, "down").untouched());
        assertFails(ErrorCode.LOCAL_UNREACHABLE, exchange);
        ExchangeException e = assertThrows(ExchangeException.class, () -> exchange.send(PIECE));
        assertEquals(ErrorCode.LOCAL_UNREACHABLE, e.code());
    }

    @Test
    void whoSendsOnWaitsUntilItIsSentAgain() throws Exception {
        links.remove("t", second);
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        assertTrue(exchange.send(PIECE));
        links.remove("t", first);
        first.only().fail(refused());
        FutureTask<Integer> answer = receives(exchange);
        awaitWaiting();
        FutureTask<Boolean> rest = new FutureTask<>(() -> exchange.send(Bytes.latin1(", rest")));
        awaitBlocked(Thread.ofVirtual().start(rest));
        FakeLink third = FakeLink.binary("c");
        links.add("t", third);
        assertTrue(rest.get(10, TimeUnit.SECONDS));
        assertEquals("piece, rest", third.only().body.toString());
        third.only().head(200);
        assertEquals(200, answer.get(10, TimeUnit.SECONDS));
        exchange.cancel(gone());
    }

    @Test
    void whoSendsOnIsWokenByTheEnd() throws Exception {
        links.remove("t", second);
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        links.remove("t", first);
        first.only().fail(refused());
        FutureTask<Integer> answer = receives(exchange);
        awaitWaiting();
        FutureTask<Boolean> rest = new FutureTask<>(() -> exchange.send(PIECE));
        awaitBlocked(Thread.ofVirtual().start(rest));
        exchange.cancel(gone());
        assertThrows(ExecutionException.class, () -> rest.get(10, TimeUnit.SECONDS));
        assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
    }

    /** Both threads find the failure; the piece that was being sent is sent again once. */
    @Test
    void whoIsAtItSendsAgain() throws Exception {
        CountDownLatch credit = new CountDownLatch(1);
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        first.only().credit = credit;
        FutureTask<Boolean> piece = new FutureTask<>(() -> exchange.send(PIECE));
        awaitBlocked(Thread.ofVirtual().start(piece));
        first.only().fail(refused());
        FutureTask<Integer> answer = new FutureTask<>(() -> exchange.receiveHead().status());
        awaitBlocked(Thread.ofVirtual().start(answer));
        assertEquals(0, second.count());
        credit.countDown();
        assertTrue(piece.get(10, TimeUnit.SECONDS));
        second.only().head(200);
        assertEquals(200, answer.get(10, TimeUnit.SECONDS));
        assertEquals("piece", second.only().body.toString());
        exchange.cancel(gone());
    }

    private static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aRefusalThatIsNoticedAtTheEnd() throws Exception {
        Exchange exchange = open("POST", 5);
        assertTrue(exchange.send(PIECE));
        first.only().fail(refused());
        exchange.endRequest(Fields.EMPTY);
        second.only().head(200);
        assertAnswered(exchange);
        assertEquals("piece", second.only().body.toString());
    }

    @Test
    void moreThanIsKeptIsNotSentAgain() throws Exception {
        Bytes large = Bytes.wrap(new byte[KeptBody.MOST]);
        Exchange whole = sent(open("POST", large.length()), large);
        assertEquals(large.length(), budget.usedBytes());
        first.only().fail(refused());
        secondAnswers();
        assertAnswered(whole);
        assertEquals(large.length(), second.only().body.length());

        first.opened.clear();
        Exchange tooLarge = sent(open("POST", large.length() + 5), large, PIECE);
        assertEquals(0, budget.usedBytes());
        first.only().fail(refused());
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, tooLarge);
        assertEquals(1, second.count());
    }

    @Test
    void whatTheBudgetHasNoRoomForIsNotKept() throws Exception {
        assertTrue(budget.tryReserve((1 << 20) - 4));
        Exchange exchange = sent(open("POST", 5), PIECE);
        budget.release((1 << 20) - 4);
        first.only().fail(refused());
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void anInterimAnswerThatWasPassedOnForbidsIt() throws Exception {
        Exchange exchange = sent(open("GET", 0));
        first.only().head(103);
        assertEquals(103, exchange.receiveHead().status());
        first.only().fail(lost());
        assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void aBodyThatIsNotWantedForbidsIt() throws Exception {
        Exchange exchange = open("POST", Exchange.UNKNOWN_LENGTH);
        first.only().wanted = false;
        assertFalse(exchange.send(PIECE));
        first.only().fail(refused());
        assertFails(ErrorCode.AGENT_NOT_CONNECTED, exchange);
        assertEquals(0, second.count());
    }

    @Test
    void onceIsTheMost() throws Exception {
        links.add("t", FakeLink.binary("c"));
        first.load = -1;
        Exchange exchange = sent(open("GET", 0));
        second.load = -2;
        first.only().fail(lost());
        Thread.ofVirtual()
                .start(() -> {
                    while (second.count() == 0) {
                        Thread.onSpinWait();
                    }
                    second.only().fail(lost());
                });
        assertFails(ErrorCode.OUTCOME_UNKNOWN, exchange);
        assertEquals(1, first.count());
        assertEquals(1, second.count());
    }

    @Test
    void nothingWasHandedToALinkThatCannotOpen() throws Exception {
        first.refusal = new ExchangeException(ErrorCode.TOO_MANY_STREAMS, "full");
        Exchange exchange = sent(open("POST", 5), PIECE);
        second.only().head(200);
        assertAnswered(exchange);
        second.refusal = first.refusal;
        ExchangeException e = assertThrows(ExchangeException.class, () -> open("POST", 5));
        assertEquals(ErrorCode.TOO_MANY_STREAMS, e.code());
    }

    @Test
    void aRequestThatNoLinkCanCarryIsNotTriedElsewhere() {
        first.refusal = new ExchangeException(ErrorCode.HEAD_TOO_LARGE, "large");
        assertThrows(ExchangeException.class, () -> open("GET", 0));
        assertEquals(0, second.count());
    }

    @Test
    void aLocalServiceThatIsDownIsTriedAtAnotherAgentOnly() throws Exception {
        ExchangeException down =
                new ExchangeException(ErrorCode.LOCAL_UNREACHABLE, "down").untouched();
        Exchange exchange = sent(open("POST", 0));
        first.only().fail(down);
        secondAnswers();
        assertAnswered(exchange);

        links.remove("t", second);
        FakeLink same = FakeLink.binary("a");
        same.load = 9;
        links.add("t", same);
        first.opened.clear();
        Exchange again = sent(open("POST", 0));
        first.only().fail(down);
        assertFails(ErrorCode.LOCAL_UNREACHABLE, again);
        assertEquals(0, same.count());
    }

    /** An agent that was killed loses its other links next, and a third time there is not. */
    @Test
    void whatWasLostGoesToAnotherAgentIfThatCanHaveIt() throws Exception {
        FakeLink same = FakeLink.binary("a");
        second.load = 9;
        Exchange exchange = sent(open("GET", 0));
        links.add("t", same);
        first.only().fail(lost());
        secondAnswers();
        assertAnswered(exchange);
        assertEquals(0, same.count());

        second.ready = false;
        first.opened.clear();
        second.opened.clear();
        same.load = 1;
        Exchange busy = sent(open("GET", 0));
        first.only().fail(lost());
        answers(same);
        assertAnswered(busy);
        assertEquals(0, second.count(), "it has no room");
    }

    @Test
    void anUpgradeIsSentAgainBeforeItsAnswer() throws Exception {
        Exchange exchange = open(RequestHead.of("GET", "/", Fields.of("Upgrade", "websocket")), 0);
        first.only().fail(lost());
        secondAnswers();
        assertAnswered(exchange);
        assertFalse(second.only().ended, "that is for whoever speaks the other protocol");
    }

    @Test
    void itWaitsForALinkAndIsCancelled() throws Exception {
        links.remove("t", second);
        Exchange exchange = sent(open("GET", 0));
        links.remove("t", first);
        FutureTask<Integer> answer = new FutureTask<>(() -> exchange.receiveHead().status());
        Thread.ofVirtual().start(answer);
        first.only().fail(lost());
        awaitWaiting();
        FakeLink third = FakeLink.binary("c");
        links.add("t", third);
        while (third.count() == 0) {
            Thread.onSpinWait();
        }
        third.only().head(200);
        assertEquals(200, answer.get(10, TimeUnit.SECONDS));
        exchange.cancel(gone());

        Exchange left = sent(open("GET", 0));
        links.remove("t", third);
        FutureTask<Integer> none = new FutureTask<>(() -> left.receiveHead().status());
        Thread.ofVirtual().start(none);
        third.opened.getLast().fail(lost());
        awaitWaiting();
        left.cancel(gone());
        assertThrows(ExecutionException.class, () -> none.get(10, TimeUnit.SECONDS));
    }

    private void awaitWaiting() {
        while (bridge.waiting() == 0) {
            Thread.onSpinWait();
        }
    }
}
