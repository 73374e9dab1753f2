package io.cloudtunnel.agent.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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

    private record Seen(String line, List<String> ids, List<String> cookies, String body) {}

    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final Captures captures = new Captures();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private HttpServer server;
    private LocalService local;
    private CapturedUpstream upstream;
    private Resender resender;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        local =
                new LocalService(
                        LocalAddress.parse(Integer.toString(server.getAddress().getPort())),
                        HostRule.LOCAL,
                        Trust.platform(),
                        Limits.DEFAULT,
                        new Patrol(timer));
        upstream = new CapturedUpstream(local, captures);
        resender = new Resender(upstream, captures, timer);
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        local.close();
        timer.shutdownNow();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(
                    new Seen(
                            exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                            exchange.getRequestHeaders().get("X-Request-Id"),
                            exchange.getRequestHeaders().get("Cookie"),
                            new String(body, StandardCharsets.UTF_8)));
            if (exchange.getRequestURI().getPath().equals("/slow")) {
                mayAnswer.await();
            }
            if (exchange.getRequestURI().getPath().equals("/endless")) {
                exchange.sendResponseHeaders(200, 0);
                byte[] piece = new byte[8192];
                while (true) { // until nobody reads
                    exchange.getResponseBody().write(piece);
                }
            }
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
            assertEquals(new Seen(one.line(), two.ids(), one.cookies(), "hello"), two);
            assertEquals("POST /a%2Fb?c", two.line());
            assertEquals(1, two.ids().size());
            assertNotEquals(one.ids(), two.ids()); // the log tells them apart
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
