package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of any size arrive whole, with the framing with which they were sent. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BodiesIT {

    private static final boolean LONG = Boolean.getBoolean("tests.long");
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** In JSON mode nothing comes until all has come, however long that takes. */
    private static final int PATIENCE_MILLIS = 120_000;

    /** Around the JSON form's limit, a chunk frame's, the first window's; and large. */
    private static final long[] SIZES = {
        0, 1, 4 * KIB - 1, 4 * KIB, 4 * KIB + 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, MIB
    };

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "binary", "json"})
    void allSizesUpAndDownAndBack(String mode) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies());
                Wire client = rig.client()) {
            for (long size : SIZES) {
                check(rig, client, mode, size);
            }
        }
    }

    @Test
    void largeBodiesInBinaryMode() throws Exception {
        try (Rig rig = Rig.start(folder, "binary", new Bodies());
                Wire client = rig.client()) {
            check(rig, client, "binary", LONG ? 1024L * MIB : 64 * MIB);
        }
    }

    @Test
    void largeBodiesInJsonMode() throws Exception {
        try (Rig rig = Rig.start(folder, "json", new Bodies());
                Wire client = rig.client()) {
            check(rig, client, "json", LONG ? 64 * MIB : 16 * MIB);
        }
    }

    private static void check(Rig rig, Wire client, String mode, long size) throws Exception {
        client.socket().setSoTimeout(PATIENCE_MILLIS);
        boolean json = mode.equals("json"); // which only has known lengths
        Content.Seen seen = Content.of(size);
        for (boolean chunked : new boolean[] {false, true}) {
            String what = mode + " " + size + (chunked ? " chunked" : " of known length");
            String kept = chunked && !json ? "chunked" : Long.toString(size);

            send(rig, client, "/sink", size, chunked);
            Wire.Head up = client.readAnswer();
            assertEquals(200, up.status(), what);
            assertEquals(seen.length() + " " + seen.hash(), up.first("X-Seen"), what);
            assertEquals(kept, up.first("X-Framing"), what + " at the service");
            assertEquals("0", up.framing(), what);

            client.send(rig.requestHead("GET", down(size, chunked)));
            Wire.Head down = client.readAnswer();
            assertEquals(kept, down.framing(), what + " at the client");
            assertEquals(seen, Content.read(client.body(down, false)), what);

            echo(rig, size, chunked, what, kept, seen);
        }
    }

    /** On a connection of its own: an answer that overtakes its request ends the connection. */
    private static void echo(
            Rig rig, long size, boolean chunked, String what, String framing, Content.Seen seen)
            throws Exception {
        try (Wire client = rig.client()) {
            client.socket().setSoTimeout(PATIENCE_MILLIS);
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(
                            () -> sendUnchecked(rig, client, "/echo", size, chunked),
                            task -> Thread.ofVirtual().start(task));
            Wire.Head echo = client.readAnswer();
            assertEquals(seen, Content.read(client.body(echo, false)), what + " echoed");
            assertEquals(framing, echo.framing(), what + " echoed");
            sent.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static String down(long size, boolean chunked) {
        return "/down/" + (chunked ? "chunked/" : "length/") + size;
    }

    private static void send(Rig rig, Wire client, String path, long size, boolean chunked)
            throws IOException {
        if (chunked) {
            client.send(rig.requestHead("POST", path, "Transfer-Encoding: chunked"));
            Content.write(size, client::chunk);
            client.lastChunk();
        } else {
            client.send(rig.requestHead("POST", path, "Content-Length: " + size));
            Content.write(size, (bytes, count) -> client.send(Arrays.copyOf(bytes, count)));
        }
    }

    private static void sendUnchecked(
            Rig rig, Wire client, String path, long size, boolean chunked) {
        try {
            send(rig, client, path, size, chunked);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void aBodyThatEndsWithItsConnection(String mode) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies());
                Wire client = rig.get("/down/close/300000")) {
            Wire.Head head = client.readAnswer();
            assertEquals(mode.equals("json") ? "300000" : "chunked", head.framing());
            assertEquals(Content.of(300_000), Content.read(client.body(head, false)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "binary", "json"})
    void noFramingIsMadeUpWhereThereIsNoBody(String mode) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies());
                Wire client = rig.client()) {
            for (String method : new String[] {"GET", "HEAD", "DELETE", "OPTIONS"}) {
                client.send(rig.requestHead(method, "/nothing"));
                Wire.Head head = client.readAnswer();
                assertNotNull(head, method);
                assertEquals("none", head.first("X-Framing"), method);
                assertEquals("0", head.framing(), method);
            }
        }
    }

    @Test
    void headKeepsTheLengthOfWhatItDoesNotSend() throws Exception {
        RawService.Handler handler =
                call -> call.wire().head("HTTP/1.1 200 OK", "Content-Length: 123456");
        try (Rig rig = Rig.start(folder, "binary", handler);
                Wire client = rig.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(rig.requestHead("HEAD", "/"));
                assertEquals("123456", client.readAnswer().framing());
            }
        }
    }
}
