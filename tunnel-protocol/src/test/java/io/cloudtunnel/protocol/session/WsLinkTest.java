package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A link over loopback sockets, with a peer that does what the test says. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WsLinkTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(60);
    private static final Limits PATIENT = Limit.link(LONG, LONG, LONG, LONG);

    /** More than all buffers between two sockets hold. */
    private static final Message LARGE = new Message.Text(Bytes.wrap(new byte[8 << 20]));

    private static Future<Boolean> start(Callable<?> task) {
        return ServerSide.start(() -> {
            task.call();
            return true;
        });
    }

    private static Callable<?> sending(WsLink link, Message message) {
        return () -> {
            link.send(message);
            return "sent";
        };
    }

    /** Receives at the link what the peer makes it receive: here, its end. */
    private static Future<@Nullable Message> receiving(WsLink link) {
        return ServerSide.<@Nullable Message>start(link::receive);
    }

    @Test
    void messagesPassBothWays() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.out.text(Bytes.utf8("hé"));
            ends.out.binary(Bytes.wrap(new byte[] {1, -1}));
            assertEquals(WsEnds.text("hé"), ends.link.receive());
            assertEquals(new Message.Binary(Bytes.wrap(new byte[] {1, -1})), ends.link.receive());
            ends.link.send(WsEnds.text("ça"));
            ends.link.send(new Message.Binary(Bytes.EMPTY));
            assertEquals(new WsEvent.Text(Bytes.utf8("ça")), ends.event());
            assertEquals(new WsEvent.Binary(Bytes.EMPTY), ends.event());
            assertNull(ends.link.ending());
            finish(ends);
        }
    }

    private static void finish(WsEnds ends) throws IOException {
        ends.out.close(1000, "");
        assertNull(ends.link.receive());
    }

    @Test
    void theReaderReadsOnWhileAWriterIsStuckAndPingsAreAnswered() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            Future<Boolean> stuck = start(sending(ends.link, LARGE));
            for (int i = 1; i <= 1000; i++) {
                ends.out.ping(Bytes.utf8("ping " + i));
            }
            ends.out.text(Bytes.utf8("behind the pings"));
            assertEquals(WsEnds.text("behind the pings"), ends.link.receive());
            assertInstanceOf(WsEvent.Text.class, ends.event());
            assertTrue(ServerSide.get(stuck));
            // Only the latest ping needs an answer (RFC 6455, section 5.5.3).
            WsEvent pong = ends.event();
            while (!pong.equals(new WsEvent.Pong(Bytes.utf8("ping 1000")))) {
                assertInstanceOf(WsEvent.Pong.class, pong);
                pong = ends.event();
            }
            finish(ends);
        }
    }

    @Test
    void aPeerThatAnsweredPingsIsCutWhenItFallsSilent() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(SHORT, SHORT.multipliedBy(3), LONG, LONG))) {
            Future<@Nullable Message> end = receiving(ends.link);
            assertInstanceOf(WsEvent.Ping.class, ends.in.next());
            ends.out.pong(Bytes.EMPTY);
            assertEquals(new WsEvent.Close(4004, "silent"), ends.closeFrame());
            ends.out.close(1000, "");
            assertNull(ServerSide.get(end));
            assertEquals("the peer was silent for PT0.18S", ends.link.ending());
        }
    }

    @Test
    void aSilentPeerThatDoesNotAnswerTheCloseFrameIsCutAllTheSame() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(SHORT, SHORT.multipliedBy(3), LONG, SHORT))) {
            Future<@Nullable Message> end = receiving(ends.link);
            ends.out.pong(Bytes.EMPTY);
            assertNull(ServerSide.get(end));
            assertEquals("the peer was silent for PT0.18S", ends.link.ending());
        }
    }

    @Test
    void aPeerThatNeverAnsweredAPingIsNotCut() throws Exception {
        Duration tiny = Duration.ofMillis(20);
        try (WsEnds ends = new WsEnds(Limit.link(tiny, tiny.multipliedBy(2), LONG, LONG))) {
            for (int i = 0; i < 10; i++) {
                assertInstanceOf(WsEvent.Ping.class, ends.in.next());
            }
            ends.out.text(Bytes.utf8("still here"));
            assertEquals(WsEnds.text("still here"), ends.link.receive());
            finish(ends);
        }
    }

    @Test
    void aWriteThatTakesNoByteEndsTheLink() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(LONG, LONG, SHORT, LONG))) {
            Future<Boolean> stuck = start(sending(ends.link, LARGE));
            assertThrows(IOException.class, ends.link::receive);
            var e = assertThrows(ExecutionException.class, () -> ServerSide.get(stuck));
            assertInstanceOf(IOException.class, e.getCause());
            assertEquals("the peer took no bytes for PT0.06S", ends.link.ending());
        }
    }

    @Test
    void aWriterThatWaitsBehindAStuckOneIsWokenToo() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(LONG, LONG, SHORT, LONG))) {
            List<Future<Boolean>> stuck =
                    IntStream.range(0, 5).mapToObj(i -> start(sending(ends.link, LARGE))).toList();
            for (Future<Boolean> writer : stuck) {
                assertThrows(ExecutionException.class, () -> ServerSide.get(writer));
            }
        }
    }

    @Test
    void thePeersCloseFrameIsAnsweredBeforeTheConnectionEnds() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.out.close(4001, "replaced");
            assertNull(ends.link.receive());
            assertEquals(1000, ends.closeFrame().code());
            assertEquals(-1, ends.peer.getInputStream().read());
            assertEquals("closed by the peer: 4001 replaced", ends.link.ending());
        }
    }

    @Test
    void aPeerThatTakesNoCloseFrameIsNotWaitedForLong() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(LONG, LONG, LONG, SHORT))) {
            Future<Boolean> stuck = start(sending(ends.link, LARGE));
            ends.in.next(); // the beginning of it is on its way
            Future<Boolean> second = start(sending(ends.link, LARGE));
            ends.out.close(1000, "");
            assertNull(ServerSide.get(receiving(ends.link)));
            assertTrue(ServerSide.get(stuck));
            // Either it was refused behind the close frame, or cut.
            second.state();
        }
    }

    @Test
    void ourCloseFrameWaitsForThePeers() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.link.close(1001, "leaving");
            ends.link.close(1000, "too late");
            assertEquals(new WsEvent.Close(1001, "leaving"), ends.closeFrame());
            assertThrows(IOException.class, () -> ends.link.send(WsEnds.text("too late")));
            ends.out.text(Bytes.utf8("was on its way"));
            ends.out.close(1000, "");
            assertEquals(WsEnds.text("was on its way"), ends.link.receive());
            assertNull(ends.link.receive());
            assertEquals(-1, ends.peer.getInputStream().read());
        }
    }

    @Test
    void ourCloseFrameDoesNotWaitForEver() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(LONG, LONG, LONG, SHORT))) {
            ends.link.close(1001, "leaving");
            assertNull(ends.link.receive());
            assertEquals("the peer did not answer the close frame", ends.link.ending());
        }
    }

    @Test
    void closingABrokenLinkDoesNothing() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.peer.close();
            assertThrows(IOException.class, ends.link::receive);
            ends.link.close(1001, "leaving");
            assertTrue(ends.timer.getQueue().isEmpty());
            assertThrows(IOException.class, () -> ends.link.send(WsEnds.text("x")));
        }
    }

    @Test
    void anEndWithoutACloseFrameIsAnError() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.peer.shutdownOutput();
            var e = assertThrows(IOException.class, ends.link::receive);
            assertEquals("the connection ended without a close frame", e.getMessage());
            assertEquals("the connection ended", ends.link.ending());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "c1 80 00000000,1002", // RSV1
        "81 00,1002", // without a mask
        "81 81 00000000 ff,1007", // not UTF-8
        "82 ff 0000000000200000 00000000,1009", // 2 MiB
    })
    void aViolationIsToldByTheCloseFrame(String hex, int code) throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            Future<@Nullable Message> end = receiving(ends.link);
            byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
            ends.peer.getOutputStream().write(bytes);
            // If these were not read, the connection would be reset, and the frame lost.
            ends.peer.getOutputStream().write(new byte[1 << 20]);
            assertEquals(code, ends.closeFrame().code());
            ends.peer.close();
            var e = assertThrows(ExecutionException.class, () -> ServerSide.get(end));
            assertInstanceOf(WsException.class, e.getCause());
        }
    }

    @Test
    void aViolatorThatStaysIsCut() throws Exception {
        try (WsEnds ends = new WsEnds(Limit.link(LONG, LONG, LONG, SHORT))) {
            ends.peer.getOutputStream().write(new byte[] {(byte) 0xC1, 0});
            assertThrows(WsException.class, ends.link::receive);
            assertEquals(1002, ends.closeFrame().code());
            assertEquals(-1, ends.peer.getInputStream().read());
        }
    }

    @Test
    void framesOfSeveralSendersDoNotMix() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            int senders = 20;
            List<Future<Boolean>> all =
                    IntStream.range(0, senders)
                            .mapToObj(i -> start(() -> sendAll(ends.link, (char) ('a' + i))))
                            .toList();
            int[] next = new int[senders];
            for (int i = 0; i < 10 * senders; i++) {
                String text = assertInstanceOf(WsEvent.Text.class, ends.event()).payload().latin1();
                int sender = text.charAt(0) - 'a';
                next[sender]++;
                assertEquals(text.substring(0, 1).repeat(20_000 * next[sender]), text);
            }
            for (Future<Boolean> sender : all) {
                assertTrue(ServerSide.get(sender));
            }
            finish(ends);
        }
    }

    private static boolean sendAll(WsLink link, char letter) throws IOException {
        for (int i = 1; i <= 10; i++) {
            link.send(WsEnds.text(String.valueOf(letter).repeat(20_000 * i)));
        }
        return true;
    }

    @Test
    void aTimerThatIsGoneDoesNotKeepALinkOpen() throws Exception {
        try (WsEnds ends = new WsEnds(PATIENT)) {
            ends.timer.shutdownNow();
            ends.link.close(1001, "leaving");
            assertNull(ends.link.receive());
        }
    }
}
