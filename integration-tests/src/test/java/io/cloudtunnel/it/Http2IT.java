package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import io.cloudtunnel.server.wire.Http2Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that speak HTTP/2 from their first byte on; docs/http2.md says what they may expect. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2IT {

    private static final int LARGE = 20_000_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @TempDir Path folder;

    private List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Installed.need("curl"),
                                "-sS",
                                "--http2-prior-knowledge",
                                "-m",
                                "20"));
        command.addAll(List.of(arguments));
        return command;
    }

    private String curl(String... arguments) throws Exception {
        return Programs.run(folder, command(arguments), Map.of());
    }

    /** Says what it was asked. */
    private static void tell(RawService.Call call) throws Exception {
        String body = new String(call.body().readAllBytes(), StandardCharsets.ISO_8859_1);
        call.answer(
                200,
                call.head().start() + "\n" + String.join("\n", call.head().lines()) + "\n" + body);
    }

    static Rig start(Path folder, RawService.Handler service) throws Exception {
        return Rig.start(folder, "binary", service, server -> server.http2(true), agent -> agent);
    }

    @Test
    void requestsArriveAsTheyWereSent() throws Exception {
        try (Rig rig = start(folder, Http2IT::tell)) {
            String seen =
                    curl(
                            "-H",
                            "X-Twice: a",
                            "-H",
                            "X-Twice: b",
                            "-b",
                            "c=1",
                            rig.url("/a%2Fb//%c3;x=|?q=%20&%5b"));
            assertTrue(seen.startsWith("GET /a%2Fb//%c3;x=|?q=%20&%5b HTTP/1.1\n"), seen);
            assertTrue(seen.contains("x-twice: a\nx-twice: b\n"), seen);
            assertTrue(seen.contains("\ncookie: c=1\n"), seen);
            assertFalse(
                    seen.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding"), seen);
            String posted = curl("-d", "some text", rig.url("/form"));
            assertTrue(posted.startsWith("POST /form HTTP/1.1\n"), posted);
            assertTrue(posted.endsWith("\nsome text"), posted);
        }
    }

    @Test
    void statusesWithoutABody() throws Exception {
        RawService.Handler service =
                call -> {
                    String status = call.head().target().substring(1);
                    call.wire()
                            .head(
                                    "HTTP/1.1 " + status + " X",
                                    status.equals("204") ? "X-None: 1" : "Content-Length: 123");
                };
        try (Rig rig = start(folder, service)) {
            String head = curl("-I", rig.url("/200"));
            assertTrue(
                    head.contains("content-length: 123\r\n")
                            || head.contains("content-length: 123"),
                    head);
            assertTrue(curl("-i", rig.url("/304")).contains("content-length: 123"));
            String none = curl("-i", rig.url("/204"));
            assertTrue(none.startsWith("HTTP/2 204") && !none.contains("content-length"), none);
        }
    }

    @Test
    void largeBodiesBothWays() throws Exception {
        Path file = folder.resolve("file");
        try (OutputStream out = Files.newOutputStream(file)) {
            Content.write(LARGE, (bytes, count) -> out.write(bytes, 0, count));
        }
        Path got = folder.resolve("got");
        try (Rig rig = start(folder, new Bodies())) {
            for (String framing : new String[] {"length", "chunked", "close"}) {
                curl("-o", got.toString(), rig.url("/down/" + framing + "/" + LARGE));
                assertEquals(-1, Files.mismatch(file, got), framing);
            }
            String seen = "x-seen: " + LARGE + " " + Content.of(LARGE).hash();
            for (String from : new String[] {file.toString(), "-"}) { // with a length and without
                List<String> command = command("-i", "-T", from, rig.url("/sink"));
                String line = "'" + String.join("' '", command) + "' < '" + file + "'";
                String answer = Programs.run(folder, List.of("/bin/sh", "-c", line), Map.of());
                assertTrue(answer.contains(seen), answer);
            }
            curl("-o", got.toString(), "-T", file.toString(), rig.url("/echo"));
            assertEquals(-1, Files.mismatch(file, got), "full duplex");
        }
    }

    /** The head comes before there is a body, and each event before the next one is sent. */
    @Test
    void eventsArriveOneByOneAndLeavingCancels() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        RawService.Handler service =
                call -> {
                    call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
                    goOn.get(10, TimeUnit.SECONDS);
                    call.wire().chunk("data: 1\n\n");
                    try {
                        ended.complete(call.wire().socket().getInputStream().read());
                    } catch (IOException e) { // a reset is an end, too
                        ended.complete(-1);
                    }
                };
        try (Rig rig = start(folder, service);
                Programs curl =
                        Programs.start(folder, command("-N", "-v", rig.url("/events")), Map.of())) {
            curl.await("head", line -> line.startsWith("< HTTP/2 200"));
            goOn.complete(null);
            curl.await("event", line -> line.equals("data: 1"));
            long since = System.nanoTime();
            curl.kill();
            assertEquals(-1, ended.get(10, TimeUnit.SECONDS));
            assertTrue(System.nanoTime() - since < TimeUnit.SECONDS.toNanos(1), "within a second");
        }
    }

    /** One of two streams: the connection goes on, and the local service hears of it. */
    @Test
    void aStreamThatIsResetCancelsItsRequestOnly() throws Exception {
        CompletableFuture<Void> reading = new CompletableFuture<>();
        CompletableFuture<IOException> ended = new CompletableFuture<>();
        RawService.Handler service =
                call -> {
                    if (call.head().target().equals("/other")) {
                        call.answer(200, "fine");
                        return;
                    }
                    reading.complete(null);
                    try {
                        call.body().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        ended.complete(e);
                    }
                };
        try (Rig rig = start(folder, service);
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            client.request(1, "POST", rig.target("/up"), false);
            client.data(1, new byte[1000], false);
            reading.get(10, TimeUnit.SECONDS);
            long since = System.nanoTime();
            client.reset(1);
            ended.get(10, TimeUnit.SECONDS);
            assertTrue(System.nanoTime() - since < TimeUnit.SECONDS.toNanos(1), "within a second");
            client.request(3, "GET", rig.target("/other"), true);
            assertEquals("fine", client.text(3));
        }
    }

    /** Helidon takes an empty piece for the end of the body. */
    @Test
    void anEmptyPieceIsNotTheEnd() throws Exception {
        try (Rig rig = start(folder, Http2IT::tell);
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            client.request(1, "POST", rig.target("/up"), false);
            client.data(1, "one".getBytes(StandardCharsets.US_ASCII), false);
            client.data(1, new byte[0], false);
            client.data(1, "two".getBytes(StandardCharsets.US_ASCII), true);
            String seen = client.text(1);
            assertTrue(seen.contains("onetwo"), seen);
        }
    }

    @Test
    void trailersOfAResponse() throws Exception {
        RawService.Handler service =
                call -> {
                    call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked").chunk("ok");
                    call.wire().head("0", "X-Sum: 7");
                };
        try (Rig rig = start(folder, service)) {
            String answer = curl("-i", "-H", "TE: trailers", rig.url("/"));
            assertTrue(answer.contains("x-sum: 7"), answer);
            assertFalse(answer.contains("stream-result"), answer);
            assertTrue(curl(rig.url("/")).contains("ok"));
        }
    }

    @Test
    void aHeadThatDoesNotFitIsRefused() throws Exception {
        RawService.Handler service =
                call ->
                        call.wire()
                                .head(
                                        "HTTP/1.1 200 OK",
                                        "X-Large: " + "x".repeat(20_000),
                                        "Content-Length: 0");
        try (Rig rig = start(folder, service)) {
            String answer = curl("-i", rig.url("/"));
            assertTrue(answer.startsWith("HTTP/2 502"), answer);
            assertTrue(answer.contains("cloudtunnel-error: head-too-large"), answer);
        }
    }

    @Test
    void anEarlyAnswerIsSeen() throws Exception {
        Path file = folder.resolve("file");
        Files.write(file, new byte[LARGE]);
        RawService.Handler service =
                call -> {
                    call.wire()
                            .head("HTTP/1.1 403 No", "Content-Length: 2", "Connection: close")
                            .send("no");
                    call.wire().close();
                };
        try (Rig rig = start(folder, service)) {
            try (Programs curl =
                    Programs.start(
                            folder,
                            command("-i", "-T", file.toString(), rig.url("/up")),
                            Map.of())) {
                curl.await("answer", line -> line.startsWith("HTTP/2 403"));
                curl.awaitExit();
            }
        }
    }

    @Test
    void prefixAndRootAndOtherRoutes() throws Exception {
        RawService.Handler service =
                call -> {
                    call.body().readAllBytes();
                    call.wire()
                            .head(
                                    "HTTP/1.1 302 Found",
                                    "Location: /home",
                                    "Set-Cookie: a=1; Path=/",
                                    "Set-Cookie: b=2; Path=/",
                                    "Content-Length: 0");
                };
        try (Rig rig = start(folder, service);
                Wire http1 = rig.get("/")) {
            String prefix = URI.create(rig.agent().publicUrl()).getRawPath();
            String origin = rig.agent().publicUrl().replace(prefix, "");
            String moved = curl("-i", rig.url("/login"));
            assertTrue(moved.contains("location: " + prefix + "/home"), moved);
            assertTrue(moved.contains("set-cookie: a=1; Path=" + prefix), moved);
            assertTrue(moved.contains("set-cookie: b=2; Path=" + prefix), moved);
            String led = curl("-i", "-e", rig.url("/page"), origin + "/app.js");
            assertTrue(led.startsWith("HTTP/2 307"), led);
            assertTrue(led.contains("location: " + prefix + "/app.js"), led);
            assertTrue(curl(origin + "/health/live").contains("UP"));
            assertTrue(curl("-i", origin + "/nowhere").startsWith("HTTP/2 404"));
            assertTrue(curl("-i", origin + "/pub/x/").startsWith("HTTP/2 404"));
            assertEquals(302, http1.readAnswer().status(), "HTTP/1.1 on the same listener");
        }
    }

    /** What begins like the preface is told from it at the first byte that differs. */
    @Test
    void otherFirstLinesByteByByte() throws Exception {
        try (Rig rig = start(folder, Http2IT::tell)) {
            for (String line : new String[] {"GET / HTTP/1.1", "PRIVATE / HTTP/1.0", "P"}) {
                try (Wire client = rig.client()) {
                    for (byte b :
                            (line + "\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII)) {
                        client.send(new byte[] {b});
                    }
                    int status = client.readAnswer().status();
                    assertEquals(line.equals("P") ? 400 : 404, status, line);
                }
            }
            try (Wire client = rig.client()) { // all of it, slowly
                for (byte b : PREFACE.getBytes(StandardCharsets.US_ASCII)) {
                    client.send(new byte[] {b});
                }
                InputStream in = client.socket().getInputStream();
                byte[] header = in.readNBytes(9);
                assertEquals(4, header[3], "SETTINGS");
            }
        }
    }

    @Test
    void whatBelongsToHttp1IsRefused() throws Exception {
        try (Rig rig = start(folder, Http2IT::tell);
                Http2Wire client = new Http2Wire(rig.client().socket())) {
            client.request(1, "GET", rig.target("/"), true, "transfer-encoding", "chunked");
            assertTrue(client.text(1).contains("Transfer-Encoding has no place in HTTP/2"));
            client.request(3, "GET", rig.target("/"), true, "content-length", "5");
            assertTrue(client.text(3).contains("Content-Length of a request without a body"));
            client.request(5, "GET", rig.target("/"), true, "x-bad", "a\r\nb: c");
            assertTrue(client.text(5).contains("characters that none may have"));
            client.request(7, "GET", rig.target("/"), true, "upgrade", "websocket");
            assertTrue(client.text(7).contains("Upgrade has no place in HTTP/2"));
        }
    }
}
