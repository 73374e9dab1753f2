package io.cloudtunnel.agent.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.local.HostRule;
import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.local.LocalService;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.Patrol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are sent again, to a real local service. */
@Timeout(20)
class ResenderTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String CHUNKED = "5\r\nhello\r\n0\r\n\r\n";

    /** What arrived of a request. */
    private record Seen(String head, String body) {
        List<String> ids() {
            return head.lines().filter(line -> line.startsWith("X-Request-Id: ")).toList();
        }

        List<String> others() {
            return head.lines().filter(line -> !line.startsWith("X-Request-Id: ")).toList();
        }
    }

    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final Captures captures = new Captures();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private ScriptedPeer peer;
    private LocalService local;
    private CapturedUpstream upstream;
    private Resender resender;

    @BeforeEach
    void start() throws IOException {
        peer = new ScriptedPeer(this::serve);
        local =
                new LocalService(
                        LocalAddress.parse(peer.url()),
                        HostRule.LOCAL,
                        Trust.platform(),
                        Limits.DEFAULT,
                        new Patrol(timer));
        upstream = new CapturedUpstream(local, captures);
        resender = new Resender(upstream, captures, timer);
    }

    @AfterEach
    void stop() throws IOException {
        mayAnswer.countDown();
        local.close();
        timer.shutdownNow();
        peer.close();
    }

    private void serve(ScriptedPeer.Connection connection) throws Exception {
        while (true) {
            String head = connection.head();
            boolean chunked = head.contains("chunked");
            int length = chunked ? CHUNKED.length() : head.contains("Length: 5") ? 5 : 0;
            seen.add(new Seen(head, connection.bytes(length)));
            if (head.contains(" /slow ")) {
                connection.hold(mayAnswer);
            }
            if (head.contains(" /endless ")) {
                connection.write("HTTP/1.1 200 OK\r\n\r\n");
                while (true) { // until nobody reads
                    connection.write("x".repeat(8192));
                }
            }
            connection.write(OK);
        }
    }

    private Capture send(String target, long length, String body) throws Exception {
        Fields fields = Fields.of("Cookie", "a=b", "X-Request-Id", "first", "X-Request-Id", "2nd");
        Exchange exchange = upstream.open(RequestHead.of("POST", target, fields), length);
        if (!body.isEmpty()) {
            exchange.send(Bytes.latin1(body));
        }
        exchange.endRequest(Fields.EMPTY);
        exchange.receiveHead();
        while (exchange.receive() != null) {
            // to the end
        }
        return captures.view(-1, 0).all().getFirst();
    }

    private Capture await(long number) throws Exception {
        Capture capture = Objects.requireNonNull(captures.find(number));
        long version = -1;
        while (!capture.isOver()) {
            version = captures.view(version, TimeUnit.SECONDS.toNanos(10)).version();
        }
        return capture;
    }

    private static int status(Capture capture) {
        return Objects.requireNonNull(capture.answer()).status();
    }

    @Test
    void theSameComesAgain() throws Exception {
        for (long length : new long[] {5, Exchange.UNKNOWN_LENGTH}) {
            Capture first = send("/a%2Fb?c", length, "hello");
            assertNull(first.notAgain());
            Capture again = await(resender.send(first));
            Seen one = seen.take();
            Seen two = seen.take();
            assertEquals(one.others(), two.others());
            assertEquals(one.body(), two.body());
            assertTrue(two.head().startsWith("POST /a%2Fb?c HTTP/1.1\r\n"), two.head());
            assertTrue(two.body().contains("hello"), two.body());
            assertEquals(1, two.ids().size());
            assertFalse(one.ids().contains(two.ids().getFirst())); // the log tells them apart
            assertEquals(first.number(), again.again());
            assertNull(again.failure());
            assertEquals(200, status(again));
        }
    }

    @Test
    void ofAnEndlessAnswerNoMoreIsRead() throws Exception {
        RequestHead head = RequestHead.of("GET", "/endless", Fields.EMPTY);
        Capture first = captures.begin(head, 0, 0);
        Capture again = await(resender.send(first));
        assertEquals(ErrorCode.CANCELLED, again.failure());
        assertTrue(again.responseBody().known().length() >= Resender.MOST_ANSWER);
        assertTrue(again.responseBody().known().length() < 2 * Resender.MOST_ANSWER);
    }

    @Test
    void noMoreThanFourAreOnTheirWay() throws Exception {
        Capture slow = captures.begin(RequestHead.of("GET", "/slow", Fields.EMPTY), 0, 0);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < Resender.MOST; i++) {
            numbers.add(resender.send(slow));
        }
        assertEquals(-1, resender.send(slow));
        mayAnswer.countDown();
        for (long number : numbers) {
            assertEquals(200, status(await(number)));
        }
    }
}
