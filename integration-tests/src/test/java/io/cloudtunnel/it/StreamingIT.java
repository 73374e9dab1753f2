package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing is held back: each piece goes on as it comes, while its sender waits for what follows.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamingIT {

    private static final int ROUNDS = 5;

    @TempDir Path folder;

    private final Semaphore mayGoOn = new Semaphore(0);

    private void events(RawService.Call call) throws Exception {
        call.wire()
                .head(
                        "HTTP/1.1 200 OK",
                        "Content-Type: text/event-stream",
                        "Transfer-Encoding: chunked");
        for (int i = 0; i < ROUNDS; i++) {
            call.wire().chunk("data: " + i + "\n\n");
            assertTrue(mayGoOn.tryAcquire(20, TimeUnit.SECONDS), "the client saw the event");
        }
        call.wire().lastChunk();
    }

    private static String event(InputStream body) throws Exception {
        return new String(body.readNBytes("data: 0\n\n".length()), StandardCharsets.US_ASCII);
    }

    @Test
    void eventsArriveOneByOne() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", this::events);
                Wire client = rig.get("/events")) {
            InputStream body = client.body(client.readAnswer(), false);
            for (int i = 0; i < ROUNDS; i++) {
                assertEquals("data: " + i + "\n\n", event(body));
                mayGoOn.release(); // only now comes the next one
            }
            assertEquals(-1, body.read());
        }
    }

    /** Of known length, too: the answer is not collected. */
    @Test
    void piecesOfAnAnswerOfKnownLengthArriveOneByOne() throws Exception {
        RawService.Handler handler =
                call -> {
                    call.wire().head("HTTP/1.1 200 OK", "Content-Length: " + ROUNDS);
                    for (int i = 0; i < ROUNDS; i++) {
                        call.wire().send("x");
                        assertTrue(mayGoOn.tryAcquire(20, TimeUnit.SECONDS));
                    }
                };
        try (Rig rig = Rig.start(folder, "binary", handler);
                Wire client = rig.get("/")) {
            InputStream body = client.body(client.readAnswer(), false);
            for (int i = 0; i < ROUNDS; i++) {
                assertEquals('x', body.read());
                mayGoOn.release();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Content-Length: 20000"})
    void anUploadArrivesPieceByPiece(String framing) throws Exception {
        BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
        RawService.Handler handler =
                call -> {
                    InputStream body = call.body();
                    byte[] piece = new byte[8192];
                    int count = body.read(piece);
                    while (count >= 0) {
                        arrived.add(count);
                        count = body.read(piece);
                    }
                    call.answer(200, "done");
                };
        boolean chunked = framing.contains("chunked");
        try (Rig rig = Rig.start(folder, "binary", handler);
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/", framing));
            byte[] piece = new byte[4000];
            for (int i = 0; i < ROUNDS; i++) {
                if (chunked) {
                    client.chunk(piece, piece.length);
                } else {
                    client.send(piece);
                }
                int seen = 0;
                while (seen < piece.length) {
                    Integer count = arrived.poll(10, TimeUnit.SECONDS);
                    assertNotNull(count, "piece " + i + " arrives before the next one is sent");
                    seen += count;
                }
            }
            if (chunked) {
                client.lastChunk();
            }
            assertEquals("done", client.text(client.readAnswer()));
        }
    }

    private static Limits brief(Duration bodyIdle) {
        return Limits.DEFAULT.toBuilder()
                .progressTimeout(Duration.ofMillis(400))
                .responseTimeout(Duration.ofMillis(800))
                .bodyIdle(bodyIdle)
                .build();
    }

    @Test
    void anEventStreamMayBeSilentForLongerThanAnyOtherTransfer() throws Exception {
        Limits limits = brief(Duration.ofMinutes(1));
        try (Rig rig =
                        Rig.start(
                                folder,
                                "binary",
                                this::events,
                                server -> server.limits(limits),
                                agent -> agent.limits(limits));
                Wire client = rig.get("/events")) {
            InputStream body = client.body(client.readAnswer(), false);
            assertEquals("data: 0\n\n", event(body));
            assertFalse(new Semaphore(0).tryAcquire(1500, TimeUnit.MILLISECONDS), "silence");
            for (int i = 1; i < ROUNDS; i++) {
                mayGoOn.release();
                assertEquals("data: " + i + "\n\n", event(body));
            }
        }
    }

    @Test
    void aBodyThatIsSilentForTooLongIsBrokenOff() throws Exception {
        Limits limits = brief(Duration.ofMillis(500));
        try (Rig rig =
                        Rig.start(
                                folder,
                                "binary",
                                this::events,
                                server -> server.limits(limits),
                                agent -> agent.limits(limits));
                Wire client = rig.get("/events")) {
            InputStream body = client.body(client.readAnswer(), false);
            assertEquals("data: 0\n\n", event(body));
            assertThrows(IOException.class, body::read);
        }
    }

    /** Once a request is being answered its body may be silent for longer, but not for ever. */
    @Test
    void anAnsweredUploadThatStopsIsBrokenOff() throws Exception {
        Limits limits = brief(Duration.ofMillis(500));
        RawService.Handler handler =
                call -> {
                    InputStream body = call.body();
                    assertEquals('x', body.read());
                    call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
                    call.wire().chunk("begun");
                    body.readAllBytes();
                };
        try (Rig rig =
                        Rig.start(
                                folder,
                                "binary",
                                handler,
                                server -> server.limits(limits),
                                agent -> agent);
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/", "Transfer-Encoding: chunked")).chunk("x");
            InputStream body = client.body(client.readAnswer(), false);
            assertEquals("begun", new String(body.readNBytes(5), StandardCharsets.US_ASCII));
            assertThrows(IOException.class, body::read);
        }
    }

    @Test
    void jsonModeSaysThatItCannotCarryAnEventStream() throws Exception {
        try (Rig rig = Rig.start(folder, "json", this::events);
                Wire client = rig.get("/events")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(502, answer.status());
            assertEquals("answer-without-end", answer.first("Cloudtunnel-Error"));
        }
    }
}
