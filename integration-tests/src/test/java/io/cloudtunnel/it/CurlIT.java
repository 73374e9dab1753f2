package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What curl does besides plain transfers, with files of lighttpd and with services of our own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CurlIT {

    private static final int SIZE = 2_000_000;

    @TempDir Path folder;

    /** Prints the status and what was transferred. */
    private static final String[] TELL = {"-w", "%{http_code} %{size_download} %{size_upload}"};

    private String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Installed.need("curl"), "-sS"));
        command.addAll(Arrays.asList(arguments));
        return Programs.run(folder, command, Map.of());
    }

    private byte[] content(Path file) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            Content.write(SIZE, (bytes, count) -> out.write(bytes, 0, count));
        }
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void filesInPartsAndCompressedAndOnlyIfChanged(String mode) throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        byte[] all = content(root.resolve("file.bin"));
        String text = "all work and no play\n".repeat(50_000);
        Files.writeString(root.resolve("file.txt"), text);
        Path got = folder.resolve("got");
        String to = got.toString();
        try (Lighttpd local =
                        Lighttpd.start(
                                root,
                                List.of("mod_deflate"),
                                "deflate.mimetypes = ( \"text/plain\" )",
                                "deflate.allowed-encodings = ( \"gzip\" )");
                Tunnel tunnel = Tunnel.to(local.port(), folder, mode)) {
            String url = tunnel.url("/file.bin");
            assertEquals("206 1000 0", curl("-o", to, "-r", "500-1499", TELL[0], TELL[1], url));
            assertArrayEquals(Arrays.copyOfRange(all, 500, 1500), Files.readAllBytes(got));

            // Resumed: the first part is there.
            Files.write(got, Arrays.copyOf(all, SIZE / 2));
            curl("-o", to, "-C", "-", url);
            assertArrayEquals(all, Files.readAllBytes(got));

            String lengths =
                    curl("-I", url) + curl("-I", "http://127.0.0.1:" + local.port() + "/file.bin");
            assertEquals(
                    2, lengths.split("Content-Length: " + SIZE + "\r?\n", -1).length - 1, lengths);

            String told = curl("--compressed", "-o", to, TELL[0], TELL[1], tunnel.url("/file.txt"));
            assertEquals(text, Files.readString(got));
            assertTrue(Integer.parseInt(told.split(" ", -1)[1]) < text.length() / 10, told);

            String etag = folder.resolve("etag").toString();
            curl("--etag-save", etag, "-o", to, url);
            assertEquals("304 0 0", curl("--etag-compare", etag, TELL[0], TELL[1], url));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void oldClients(String mode) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies())) {
            Path sent = folder.resolve("sent");
            Path got = folder.resolve("got");
            byte[] all = content(sent);
            for (String framing : new String[] {"length", "chunked"}) {
                curl("-0", "-o", got.toString(), rig.url("/down/" + framing + "/" + SIZE));
                assertArrayEquals(all, Files.readAllBytes(got));
            }
            String answer = curl("-0", "-i", "-T", sent.toString(), rig.url("/sink"));
            assertTrue(answer.contains(Content.of(SIZE).hash()), answer);
        }
    }

    /** Without the interim response curl would wait for a minute. */
    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void anUploadThatAsksFirst(String mode) throws Exception {
        RawService.Handler service =
                call -> {
                    if (call.head().first("Expect").equals("100-continue")) {
                        call.wire().send("HTTP/1.1 100 Continue\r\n\r\n");
                    }
                    call.answer(200, Content.read(call.body()).hash());
                };
        try (Rig rig = Rig.start(folder, mode, service)) {
            Path file = folder.resolve("file");
            content(file);
            assertEquals(Content.of(SIZE).hash(), curl(asking(file, rig.url("/up"))));
        }
    }

    private static String[] asking(Path file, String url) {
        return new String[] {
            "-T", file.toString(), "-H", "Expect: 100-continue", "--expect100-timeout", "60", url
        };
    }

    @Test
    void anUploadThatIsNotWanted() throws Exception {
        RawService.Handler service =
                call ->
                        call.wire()
                                .head(
                                        "HTTP/1.1 403 Forbidden",
                                        "Connection: close",
                                        "Content-Length: 0")
                                .close();
        try (Rig rig = Rig.start(folder, "binary", service)) {
            Path file = folder.resolve("file");
            content(file);
            List<String> arguments = new ArrayList<>(List.of(TELL));
            arguments.addAll(List.of(asking(file, rig.url("/up"))));
            assertEquals("403 0 0", curl(arguments.toArray(String[]::new)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void redirectsWithCookies(String mode) throws Exception {
        RawService.Handler service =
                call -> {
                    String body = Content.read(call.body()).hash();
                    switch (call.head().target()) {
                        case "/login" ->
                                call.wire()
                                        .head(
                                                "HTTP/1.1 307 Temporary Redirect",
                                                "Location: /in/home",
                                                "Set-Cookie: all=1; Path=/",
                                                "Set-Cookie: in=2; Path=/in; HttpOnly",
                                                "Set-Cookie: out=3; Path=/out",
                                                "Content-Length: 0");
                        default ->
                                call.answer(
                                        200,
                                        call.head().start() + "|" + cookies(call) + "|" + body);
                    }
                };
        try (Rig rig = Rig.start(folder, mode, service)) {
            Path file = folder.resolve("file");
            content(file);
            String jar = folder.resolve("jar").toString();
            String posted = "@" + file;
            assertEquals(
                    "POST /in/home HTTP/1.1|[all=1, in=2]|" + Content.of(SIZE).hash(),
                    curl("-L", "-c", jar, "-b", jar, "--data-binary", posted, rig.url("/login")));
            String later = curl("-b", jar, rig.url("/out"));
            assertTrue(later.contains("|[all=1, out=3]|"), later);
        }
    }

    private static List<String> cookies(RawService.Call call) {
        return Arrays.stream(call.head().first("Cookie").split("; ")).sorted().toList();
    }

    /** The event has to be there while the service has not ended the stream. */
    @Test
    void anEventStream() throws Exception {
        try (WebApplication local = new WebApplication("events");
                Tunnel tunnel = Tunnel.to(local.port(), folder, "binary");
                Programs client =
                        Programs.start(
                                folder,
                                List.of(
                                        Installed.need("curl"),
                                        "-sSN",
                                        "-H",
                                        "Last-Event-ID: 7",
                                        tunnel.url("/events")),
                                Map.of())) {
            client.await("event", line -> line.equals("data: after 7"));
        }
    }
}
