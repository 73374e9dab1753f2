package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.wire.Http2Wire;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of HTTP/2, frame by frame: how they end, both directions, and what their heads lose. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2StreamsIT {

    @TempDir Path folder;

    /** An answer that breaks off must not look complete, and costs no other stream anything. */
    @Test
    void aBodyThatIsCutResetsItsStream() throws Exception {
        RawService.Handler service =
                call -> {
                    switch (call.head().target()) {
                        case "/length" ->
                                call.wire()
                                        .head("HTTP/1.1 200 OK", "Content-Length: 10")
                                        .send("12345");
                        case "/chunked" ->
                                call.wire()
                                        .head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
                                        .chunk("12345");
                        default -> call.answer(200, "fine");
                    }
                    if (!call.head().target().equals("/other")) {
                        call.wire().close();
                    }
                };
        try (Rig rig = Http2IT.start(folder, service);
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            int stream = 1;
            for (String path : new String[] {"/length", "/chunked"}) {
                client.request(stream, "GET", rig.target(path), true);
                int cut = stream;
                String end = assertThrows(EOFException.class, () -> client.text(cut)).getMessage();
                assertTrue(end.startsWith("frame " + Http2Wire.RST_STREAM), end);
                client.request(stream + 2, "GET", rig.target("/other"), true);
                assertEquals("fine", client.text(stream + 2));
                stream += 4;
            }
        }
    }

    /** Who waits for an answer before it goes on sending gets it; then the stream ends. */
    @Test
    void anUploadThatFailsIsAnsweredAtOnceAndThenReset() throws Exception {
        RawService.Handler service =
                call -> {
                    if (call.head().target().equals("/up")) {
                        call.wire().close();
                    } else {
                        call.answer(200, "fine");
                    }
                };
        try (Rig rig = Http2IT.start(folder, service);
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            long since = System.nanoTime();
            client.request(1, "POST", rig.target("/up"), false, "content-length", "100000");
            String text = client.text(1);
            assertTrue(System.nanoTime() - since < TimeUnit.SECONDS.toNanos(5), "at once");
            assertTrue(text.startsWith("the local service broke off its answer"), text);
            Http2Wire.Frame frame = client.read();
            while (frame.stream() != 1) {
                frame = client.read();
            }
            assertEquals(Http2Wire.RST_STREAM, frame.type());
            client.request(3, "GET", rig.target("/other"), true);
            assertEquals("fine", client.text(3));
        }
    }

    /** Of a short answer Helidon forgets the end. */
    @Test
    void aShortAnswerEndsForWhoTakesTrailers() throws Exception {
        try (Rig rig = Http2IT.start(folder, call -> call.answer(200, "fine"));
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            client.request(1, "GET", "/pub/none/", true, "te", "trailers"); // nothing else to wait
            assertTrue(client.text(1).startsWith("unknown tunnel"));
            client.request(3, "GET", rig.target("/"), true, "te", "trailers");
            assertEquals("fine", client.text(3));
        }
    }

    /** Each piece of the answer comes before the next one of the request is sent. */
    @Test
    void bothDirectionsAtOnce() throws Exception {
        try (Rig rig = Http2IT.start(folder, new Bodies());
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            client.request(1, "POST", rig.target("/echo"), false);
            for (int i = 0; i < 5; i++) {
                byte[] piece = ("piece " + i).getBytes(StandardCharsets.US_ASCII);
                client.data(1, piece, false);
                assertEquals("piece " + i, client.piece(1));
            }
            client.data(1, new byte[0], true);
            assertEquals("", client.text(1));
        }
    }

    /** What docs/http2.md lists of fields; {@link FidelityIT} shows the rest of what is lost. */
    @Test
    void theOrderOfNamesIsLostAndSomeFieldsAreAdded() throws Exception {
        List<String> names = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            names.add("x-" + (char) ('a' + i * 7 % 20));
            lines.append(names.getLast()).append(": 1\r\n");
        }
        RawService.Handler service =
                call -> call.wire().send("HTTP/1.1 200 OK\r\n" + lines + "\r\n").close();
        try (Rig rig = Http2IT.start(folder, service);
                Http2Client client = new Http2Client(rig.client())) {
            String request = "GET " + rig.target("/") + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            Http2Message message = Http2Message.parse(request).getFirst();
            Seen answer = client.exchange(message, false, Integer.MAX_VALUE).getLast();
            List<String> got =
                    answer.lines().stream()
                            .map(Seen::name)
                            .filter(name -> name.matches("x-."))
                            .toList();
            assertEquals(Set.copyOf(names), Set.copyOf(got));
            assertNotEquals(names, got);
            assertTrue(answer.has("Date"), answer::toString);
        }
    }
}
