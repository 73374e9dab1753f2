package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer may come while the request is still on its way. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EarlyAnswerIT {

    /** This client looks at an answer only once it has sent all or cannot: it has 2 s for that. */
    private static final long UPLOAD = 20_000_000;

    private static final long ENDLESS = 1_000_000_000_000_000L;
    private static final long SOON = TimeUnit.SECONDS.toNanos(5);
    private static final String TEXT = "no, that is far too much. ".repeat(4000);

    @TempDir Path folder;

    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * Answers 413 when it has seen a little, and closes, or keeps the connection and reads no more.
     */
    private RawService.Handler refusing(boolean closes) {
        return call -> {
            call.body().readNBytes(100_000);
            call.wire()
                    .send(
                            "HTTP/1.1 413 Content Too Large\r\nContent-Length: "
                                    + TEXT.length()
                                    + (closes ? "\r\nConnection: close" : "")
                                    + "\r\n\r\n"
                                    + TEXT);
            if (closes) {
                call.wire().socket().shutdownOutput();
                call.wire().close();
            } else {
                over.await(30, TimeUnit.SECONDS);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRefusalOfAnUploadArrivesWhole(boolean closes) throws Exception {
        try (Rig rig = Rig.start(folder, "binary", refusing(closes));
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/", "Content-Length: " + ENDLESS));
            CompletableFuture<Long> sent = upload(client);
            Wire.Head answer = client.readAnswer();
            assertEquals(413, answer.status());
            assertEquals("", answer.first("Cloudtunnel-Error"), "it is the local service's answer");
            assertEquals(TEXT, client.text(answer));
            assertEquals("close", answer.first("Connection"));
            assertTrue(sent.get(20, TimeUnit.SECONDS) < ENDLESS, "it is cut off after a while");
        } finally {
            over.countDown();
        }
    }

    /** Bytes written until nobody took more. */
    private static CompletableFuture<Long> upload(Wire client) {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    byte[] piece = new byte[64 * 1024];
                    long count = 0;
                    try {
                        while (count < ENDLESS) {
                            client.send(piece);
                            count += piece.length;
                        }
                    } catch (IOException e) {
                        // That is the point.
                    }
                    sent.complete(count);
                });
        return sent;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientOfTheJdkSeesTheRefusal(boolean closes) throws Exception {
        try (Rig rig = Rig.start(folder, "binary", refusing(closes));
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(rig.url("/")))
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(UPLOAD)))
                            .build();
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(413, answer.statusCode());
            assertEquals(TEXT, answer.body());
        } finally {
            over.countDown();
        }
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            left -= count;
            return count;
        }
    }

    /** What is sent once the answer is there still goes to a service that reads it. */
    @Test
    void anUploadThatIsAnsweredAtOnceArrivesWhole() throws Exception {
        byte[] body = new byte[300_000];
        new Random(7).nextBytes(body);
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        RawService.Handler service =
                call -> {
                    call.answer(200, "coming");
                    read.complete(call.body().readNBytes(body.length));
                };
        try (Rig rig = Rig.start(folder, "binary", service);
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/", "Content-Length: " + body.length));
            Wire.Head answer = client.readAnswer();
            assertEquals("coming", client.text(answer));
            assertEquals("close", answer.first("Connection"));
            client.send(body);
            assertArrayEquals(body, read.get(20, TimeUnit.SECONDS));
        }
    }

    /** It waits for a 100, and the server must not wait for it. */
    @ParameterizedTest
    @CsvSource({"false, local-broken", "true, local-unreachable"})
    void aClientThatWaitsBeforeItsBodySeesTheFailure(boolean down, String code) throws Exception {
        try (Rig rig = Rig.start(folder, "binary", call -> call.wire().close());
                Wire client = rig.client()) {
            if (down) {
                rig.local().close();
            }
            long since = System.nanoTime();
            client.send(
                    rig.requestHead("POST", "/", "Content-Length: 100000", "Expect: 100-continue"));
            Wire.Head answer = client.readAnswer();
            assertTrue(System.nanoTime() - since < SOON, "at once");
            assertEquals(502, answer.status());
            assertEquals(code, answer.first("Cloudtunnel-Error"));
            assertEquals("close", answer.first("Connection"));
            assertTrue(client.text(answer).startsWith("the local service "));
            assertEquals(-1, client.rest().read(), "it ends, and is not reset");
        }
    }

    /** Each piece has come back before the next one is sent. */
    @Test
    void fullDuplexOverOneRequest() throws Exception {
        int rounds = 10;
        byte[] piece = new byte[1024 * 1024];
        new Random(5).nextBytes(piece);
        try (Rig rig = Rig.start(folder, "binary", new Bodies());
                Wire client = rig.client()) {
            client.send(rig.requestHead("POST", "/echo", "Transfer-Encoding: chunked"));
            CompletableFuture<Void> sent = sendChunk(client, piece);
            Wire.Head answer = client.readAnswer();
            assertEquals("chunked", answer.framing());
            InputStream body = client.body(answer, false);
            for (int i = 0; i < rounds; i++) {
                assertArrayEquals(piece, body.readNBytes(piece.length), "round " + i);
                sent.get(10, TimeUnit.SECONDS);
                sent = i + 1 < rounds ? sendChunk(client, piece) : sent;
            }
            client.lastChunk();
            assertEquals(-1, body.read());
        }
    }

    private static CompletableFuture<Void> sendChunk(Wire client, byte[] piece) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        client.chunk(piece, piece.length);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }
}
