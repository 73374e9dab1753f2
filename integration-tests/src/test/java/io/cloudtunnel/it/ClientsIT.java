package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Public clients that others wrote. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientsIT {

    private static final long SIZE = 5_000_000;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"binary, chunked", "binary, length", "json, chunked", "json, length"})
    void curlDownAndUp(String mode, String framing) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies())) {
            Process down = curl(rig.url("/down/" + framing + "/" + SIZE));
            assertEquals(Content.of(SIZE), Content.read(down.getInputStream()));
            assertEquals(0, exit(down));

            Path file = folder.resolve("body");
            try (OutputStream out = Files.newOutputStream(file)) {
                Content.write(SIZE, (bytes, count) -> out.write(bytes, 0, count));
            }
            boolean chunked = framing.equals("chunked");
            Process up =
                    chunked
                            ? curl("-i", "-X", "POST", "-T", "-", rig.url("/sink"))
                            : curl("-i", "-X", "POST", "-T", file.toString(), rig.url("/sink"));
            if (chunked) {
                try (OutputStream out = up.getOutputStream()) {
                    Files.copy(file, out);
                }
            }
            String answer =
                    new String(up.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(0, exit(up));
            assertTrue(answer.contains(Content.of(SIZE).hash()), answer);
        }
    }

    private static Process curl(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Installed.need("curl"), "-sS");
        builder.command().addAll(java.util.List.of(arguments));
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int exit(Process process) throws InterruptedException {
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "curl ends");
        return process.exitValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary", "json"})
    void theClientOfTheJdk(String mode) throws Exception {
        try (Rig rig = Rig.start(folder, mode, new Bodies());
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            byte[] body = new byte[(int) SIZE];
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(rig.url("/echo")))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build();
            HttpResponse<byte[]> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(SIZE, answer.body().length);
            assertEquals(
                    Long.toString(SIZE), answer.headers().firstValue("Content-Length").orElse(""));
        }
    }
}
