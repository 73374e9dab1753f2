package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.StandardPhrase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many requests on one public connection. */
@Timeout(60)
class OneConnectionIT {

    private static final Semaphore RELEASED = new Semaphore(0);
    private static final CountDownLatch HEAD_SEEN = new CountDownLatch(2);
    private static Ways ways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ways = Ways.start(folder, OneConnectionIT::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        ways.close();
    }

    private static void serve(RawService.Call call) throws Exception {
        String target = call.head().target();
        String body = new String(call.body().readAllBytes(), StandardCharsets.US_ASCII);
        if (target.equals("/events")) {
            long before = HEAD_SEEN.getCount();
            call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
            Waiting.until(15, "the client has the head", () -> HEAD_SEEN.getCount() < before);
            call.wire().chunk(Case.EVENT).lastChunk();
        } else if (target.startsWith("/slow/")) {
            RELEASED.tryAcquire(15, TimeUnit.SECONDS);
            call.answer(200, target);
        } else if (target.startsWith("/status/")) {
            int status = Integer.parseInt(target.substring("/status/".length()));
            boolean hasBody = status != 204 && status != 304;
            call.wire()
                    .send(
                            "HTTP/1.1 "
                                    + status
                                    + " "
                                    + reason(status)
                                    + "\r\n"
                                    + (hasBody ? "Content-Length: 1\r\n\r\nx" : "\r\n"));
        } else {
            call.answer(200, target + " " + body);
        }
    }

    /** The standard one, one of its own, or none. */
    private static String reason(int status) {
        return switch (status % 3) {
            case 0 -> StandardPhrase.of(status);
            case 1 -> "Own words " + status;
            default -> "";
        };
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = Way.NOT_HTTP1)
    void everyStatusWithAndWithoutReason(Way way) throws Exception {
        try (Wire client = ways.connect(way)) {
            for (int status = 200; status < 600; status++) {
                ask(client, way, "GET", "/status/" + status, "");
                Wire.Head answer = client.readAnswer();
                String reason = way == Way.JSON ? StandardPhrase.of(status) : reason(status);
                assertEquals("HTTP/1.1 " + status + " " + reason, answer.start());
                if (status != 204 && status != 304) {
                    assertEquals("x", client.text(answer));
                }
            }
        }
    }

    private static void ask(Wire client, Way way, String method, String path, String body)
            throws Exception {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        String head = Case.start(method, path).replace(Case.BASE, ways.base(way));
        client.send(head + length + "\r\n" + body);
    }

    @Test
    void requestsForTunnelsAndForTheApplicationTakeTurns() throws Exception {
        Way way = Way.EMBEDDED;
        try (Wire client = ways.connect(way)) {
            for (int i = 0; i < 5; i++) {
                ask(client, way, "POST", "/x" + i, "body");
                assertEquals("/x" + i + " body", client.text(client.readAnswer()));
                client.send("GET /own HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertEquals(Ways.OWN, client.text(client.readAnswer()));
                client.head("POST /own HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");
                client.send("3;ext\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
                assertEquals("abc", client.text(client.readAnswer()));
                client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertTrue(client.text(client.readAnswer()).contains("UP"));
            }
        }
    }

    /** All of them are sent before the first one is answered. */
    @Test
    void bothKindsInOnePipeline() throws Exception {
        Way way = Way.EMBEDDED;
        int rounds = 10;
        try (Wire client = ways.connect(way)) {
            for (int i = 0; i < rounds; i++) {
                client.send("GET /own HTTP/1.1\r\nHost: localhost\r\n\r\n");
                ask(client, way, "GET", "/x" + i, "");
                ask(client, way, "PUT", "/y" + i, "b");
            }
            for (int i = 0; i < rounds; i++) {
                assertEquals(Ways.OWN, client.text(client.readAnswer()));
                assertEquals("/x" + i + " ", client.text(client.readAnswer()));
                assertEquals("/y" + i + " b", client.text(client.readAnswer()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BINARY", "EMBEDDED"})
    void aHeadIsOnItsWayBeforeTheFirstByteOfTheBody(Way way) throws Exception {
        try (Wire client = ways.connect(way)) {
            ask(client, way, "GET", "/events", "");
            Wire.Head head = client.readAnswer(); // the service sends no byte more until then
            HEAD_SEEN.countDown();
            assertEquals("HTTP/1.1 200 OK", head.start());
            assertEquals(Case.EVENT, client.text(head));
        }
    }

    /** What comes while an answer is awaited is read ahead, to learn whether the client leaves. */
    @ParameterizedTest
    @EnumSource(names = {"BINARY", "EMBEDDED"})
    void theNextRequestComesWhileASlowOneIsAnswered(Way way) throws Exception {
        try (Wire client = ways.connect(way)) {
            for (int i = 0; i < 3; i++) {
                ask(client, way, "GET", "/slow/" + i, "");
                ask(client, way, "GET", "/next/" + i, "");
                assertFalse(RELEASED.tryAcquire(600, TimeUnit.MILLISECONDS)); // 200 until it is so
                RELEASED.release();
                assertEquals("/slow/" + i, client.text(client.readAnswer()));
                assertEquals("/next/" + i + " ", client.text(client.readAnswer()));
            }
        }
    }
}
