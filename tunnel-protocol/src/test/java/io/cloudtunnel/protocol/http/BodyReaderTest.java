package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies: whole, cut, malformed, huge, and in any splits. */
class BodyReaderTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1\r\n",
                "+1\r\nx\r\n",
                "0x1\r\nx\r\n",
                "\r\n",
                " 1\r\nx\r\n",
                "1 \r\nx\r\n",
                "1\t\r\nx\r\n",
                "1 x\r\nx\r\n",
                "g\r\n",
                "1\nx\r\n",
                "1\rx\r\n",
                ";a\r\n",
                "1;a\0\r\nx\r\n",
                "1;a\rb\r\nx\r\n",
                "\u00b9\r\nx\r\n",
                "00000000000000001\r\nx\r\n",
                "8000000000000000\r\nx\r\n",
                "ffffffffffffffff\r\nx\r\n",
                "1\r\nxy\r\n",
                "1\r\nx\n0\r\n\r\n",
                "1\r\nx\r0\r\n\r\n",
                "1\r\nx0\r\n\r\n",
                "2\r\nx\r\n0\r\n\r\n",
                "0\r\n\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\nX: a\r\n b\r\n\r\n",
                "0\r\nX: a\0\r\n\r\n",
                "0\r\nX: a\n\r\n",
            })
    void malformedChunksAreRefused(String body) throws IOException {
        for (HttpInput input : Wire.inputs(CHUNKED + body)) {
            input.readResponse("GET");
            assertThrows(HttpException.class, () -> Wire.drain(input.body()));
            assertFalse(input.body().ended());
        }
    }

    @Test
    void chunksExtensionsAndTrailers() throws IOException {
        String body = "4\r\nWiki\r\n0005;a=\"b;c\"\r\npedia\r\nE \t;x\r\n in\r\n\r\nchunks.\r\n";
        String end = "000;last\r\nExpires: never\r\nX:\r\n\r\n";
        for (HttpInput input : Wire.inputs(CHUNKED + body + end + "HTTP/1.1 204 N\r\n\r\n")) {
            input.readResponse("GET");
            assertEquals("Wikipedia in\r\n\r\nchunks.", Wire.drain(input.body()));
            assertEquals(Fields.of("Expires", "never", "X", ""), input.body().trailers());
            assertEquals(204, Objects.requireNonNull(input.readResponse("GET")).head().status());
        }
    }

    @Test
    void chunksThatCameTogetherAreOnePiece() throws IOException {
        HttpInput input = Wire.input(CHUNKED + "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");
        input.readResponse("GET");
        assertEquals("abc", Objects.requireNonNull(input.body().read()).latin1());
        assertNull(input.body().read());
    }

    @Test
    void aBodyThatWasCutNeverLooksComplete() throws IOException {
        String chunked = CHUNKED + "3\r\nabc\r\n0\r\nX: y\r\n\r\n";
        for (int length = CHUNKED.length(); length < chunked.length(); length++) {
            assertCut(chunked.substring(0, length));
        }
        String fixed = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
        assertCut(fixed);
        assertCut(fixed + "abc");
    }

    private static void assertCut(String response) throws IOException {
        for (HttpInput input : Wire.inputs(response)) {
            input.readResponse("GET");
            assertThrows(EOFException.class, () -> Wire.drain(input.body()));
            assertFalse(input.body().ended());
        }
    }

    @Test
    void aFixedBodyLeavesWhatFollows() throws IOException {
        String two = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc".repeat(2);
        for (HttpInput input : Wire.inputs(two)) {
            for (int i = 0; i < 2; i++) {
                input.readResponse("GET");
                assertEquals("abc", Wire.drain(input.body()));
            }
            assertNull(input.readResponse("GET"));
        }
    }

    @Test
    void untilTheConnectionEnds() throws IOException {
        for (HttpInput input : Wire.inputs("HTTP/1.1 200 OK\r\n\r\nabc\r\n0\r\n\r\n")) {
            input.readResponse("GET");
            assertEquals("abc\r\n0\r\n\r\n", Wire.drain(input.body()));
        }
    }

    @Test
    void bytesBehindAnUpgradeAreNotLost() throws IOException {
        for (HttpInput input : Wire.inputs("HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n\0raw")) {
            input.readResponse("GET");
            assertEquals("\0raw", Wire.drain(input.body()));
        }
        for (HttpInput input :
                Wire.inputs("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n\0raw")) {
            input.readRequest();
            assertEquals("\0raw", Wire.drain(input.raw()));
        }
    }

    @Test
    void aResponseToHeadHasNoBody() throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
        HttpInput input = Wire.input(head + head + "abc");
        input.readResponse("HEAD");
        assertNull(input.body().read());
        input.readResponse("GET");
        assertEquals("abc", Wire.drain(input.body()));
    }

    @Test
    void whatHasArrivedIsHandedOutWithoutWaitingForMore() throws IOException {
        InputStream stalls =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("waits for more");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        return read();
                    }
                };
        for (String head : new String[] {CHUNKED + "ff\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
            HttpInput input =
                    new HttpInput(
                            new SequenceInputStream(Wire.stream(head + "abc"), stalls),
                            HttpLimits.DEFAULT);
            input.readResponse("GET");
            assertEquals("abc", Objects.requireNonNull(input.body().read()).latin1());
        }
    }

    @Test
    void aTimeoutLosesNothing() throws IOException {
        String response = CHUNKED + "3;x\r\nabc\r\n0\r\nX: y\r\n\r\n";
        InputStream bytes = Wire.stream(response);
        HttpInput input =
                new HttpInput(
                        new InputStream() {
                            private boolean ready;

                            @Override
                            public int read() {
                                throw new UnsupportedOperationException();
                            }

                            @Override
                            public int read(byte[] target, int offset, int length)
                                    throws IOException {
                                ready = !ready;
                                if (!ready) {
                                    throw new SocketTimeoutException();
                                }
                                return bytes.read(target, offset, 1);
                            }
                        },
                        HttpLimits.DEFAULT);
        assertNotNull(patiently(() -> input.readResponse("GET")));
        StringBuilder body = new StringBuilder();
        while (!input.body().ended()) {
            Bytes piece = patiently(input.body()::read);
            body.append(piece == null ? "" : piece.latin1());
        }
        assertEquals("abc", body.toString());
        assertEquals(Fields.of("X", "y"), input.body().trailers());
    }

    private interface Call<T> {
        @Nullable T run() throws IOException;
    }

    private static <T> @Nullable T patiently(Call<T> call) throws IOException {
        for (; ; ) {
            try {
                return call.run();
            } catch (SocketTimeoutException e) {
                // Once more.
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5368709120", "Transfer-Encoding: chunked"})
    void aHugeBodyComesInSmallPieces(String field) throws IOException {
        String head = "HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n";
        String size = field.startsWith("T") ? "140000000\r\n" : "";
        // Zeros without end: the source of a 5 GiB chunk. Only its first 64 MiB are read here.
        InputStream zeros =
                new InputStream() {
                    @Override
                    public int read() {
                        return 0;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        return length;
                    }
                };
        HttpInput input =
                new HttpInput(
                        new SequenceInputStream(Wire.stream(head + size), zeros),
                        HttpLimits.DEFAULT);
        input.readResponse("GET");
        long count = 0;
        int pieces = 0;
        while (count < 64 << 20) {
            int length = Objects.requireNonNull(input.body().read()).length();
            assertTrue(length <= HttpLimits.DEFAULT.pieceBytes());
            count += length;
            pieces++;
        }
        // Nearly all of them are of full size.
        assertTrue(pieces < 1100, pieces + " pieces");
    }

    @Test
    void largeBodiesInRandomSplitsComeWhole() throws IOException {
        StringBuilder content = new StringBuilder();
        StringBuilder chunks = new StringBuilder(CHUNKED);
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < 200; i++) {
            int size = 1 + random.nextInt(i % 10 == 0 ? 200_000 : 2000);
            String data = String.valueOf((char) ('a' + i % 26)).repeat(size);
            content.append(data);
            chunks.append(Integer.toHexString(size)).append("\r\n").append(data).append("\r\n");
        }
        chunks.append("0\r\n\r\n");
        for (int most : new int[] {100_000, 8192, 700}) {
            HttpInput input =
                    new HttpInput(
                            Wire.split(chunks.toString(), () -> 1 + random.nextInt(most)),
                            HttpLimits.DEFAULT);
            input.readResponse("GET");
            assertEquals(content.toString(), Wire.drain(input.body()));
        }
    }

    @Test
    void limitsOfChunkLinesExtensionsAndTrailers() {
        String longest = "1" + ";" + "a".repeat(4094);
        assertDrains(CHUNKED + longest + "\r\nx\r\n0\r\n\r\n");
        assertRefused(400, CHUNKED + longest + "a\r\nx\r\n0\r\n\r\n");
        assertRefused(400, CHUNKED + longest + "aaaaaaaaaaaa");
        String wordy = "1;" + "a".repeat(1000) + "\r\nx\r\n";
        assertDrains(CHUNKED + wordy.repeat(10) + "0\r\n\r\n");
        assertRefused(400, CHUNKED + wordy.repeat(20) + "0\r\n\r\n");
        assertRefused(431, CHUNKED + "0\r\n" + "X: y\r\n".repeat(1001) + "\r\n");
        assertRefused(431, CHUNKED + "0\r\nX: " + "y".repeat(65_536) + "\r\n\r\n");
    }

    private static void assertDrains(String response) {
        for (HttpInput input : Wire.inputs(response)) {
            org.junit.jupiter.api.Assertions.assertDoesNotThrow(() -> {
                input.readResponse("GET");
                Wire.drain(input.body());
            });
        }
    }

    private static void assertRefused(int status, String response) {
        for (HttpInput input : Wire.inputs(response)) {
            HttpException refusal =
                    assertThrows(
                            HttpException.class,
                            () -> {
                                input.readResponse("GET");
                                Wire.drain(input.body());
                            });
            assertEquals(status, refusal.status());
        }
    }
}
