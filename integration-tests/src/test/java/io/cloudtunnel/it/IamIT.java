package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.TunnelServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent before a front end that asks for a token of its platform, which a middlebox plays. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IamIT {

    @TempDir Path folder;

    private final List<String> asked = new CopyOnWriteArrayList<>(); // at the metadata server

    private static String token(long seconds) {
        String claims =
                "{\"aud\":\"x\",\"exp\":" + (Instant.now().getEpochSecond() + seconds) + "}";
        byte[] bytes = claims.getBytes(StandardCharsets.US_ASCII);
        return "eyJhbGciOiJSUzI1NiJ9."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
                + ".c2lnbmF0dXJl";
    }

    private RawService metadata(String token) throws Exception {
        return new RawService(call -> {
            asked.add(URLDecoder.decode(call.head().target(), StandardCharsets.UTF_8));
            boolean ours = "Google".equals(call.head().first("Metadata-Flavor"));
            call.answer(ours ? 200 : 403, ours ? token : "no");
        });
    }

    private static void assertShown(Middlebox front, String beginning, String token)
            throws Exception {
        Waiting.until(20, beginning, () -> !front.heads(beginning).isEmpty());
        for (String head : front.heads(beginning)) {
            assertTrue(
                    head.contains("\r\nX-Serverless-Authorization: Bearer " + token + "\r\n"),
                    head.replaceAll("Bearer \\S+", "..."));
        }
    }

    @Test
    void aTokenOfTheMetadataServer() throws Exception {
        String token = token(3600);
        try (LogLines log = new LogLines();
                RawService metadata = metadata(token);
                RawService local = new RawService(call -> call.answer(200, "hello"));
                TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                Middlebox front = new Middlebox(server.port(), new Middlebox.Script() {});
                Programs agent =
                        Programs.agent(
                                folder,
                                Map.of(
                                        "GCE_METADATA_HOST",
                                        "localhost:" + metadata.port(),
                                        "TUNNEL_IAM_TOKEN",
                                        "metadata"),
                                front.port(),
                                local.port())) {
            agent.publicUrl();
            assertShown(front, "POST /register", token);
            assertShown(front, "GET /ws", token);
            assertShown(front, "GET /pub/", token);
            assertEquals(
                    List.of(
                            "/computeMetadata/v1/instance/service-accounts/default/identity"
                                    + "?audience=http://localhost:"
                                    + front.port()
                                    + "&format=full"),
                    asked,
                    "once");
            assertFalse(agent.output().contains(token), "it was printed");
            assertEquals(0, log.count(token), "it was logged");
        }
    }

    @Test
    void anotherOneBeforeItsEndAndATokenOfAFile() throws Exception {
        String old = token(200);
        Path file = Files.writeString(folder.resolve("token"), token(3600) + "\n");
        try (RawService metadata = metadata(old);
                RawService local = new RawService(call -> call.answer(200, "hello"));
                TunnelServer server = TunnelServer.builder().host("127.0.0.1").port(0).start();
                Middlebox front = new Middlebox(server.port(), new Middlebox.Script() {});
                Middlebox second = new Middlebox(server.port(), new Middlebox.Script() {});
                Programs agent =
                        Programs.agent(
                                folder,
                                Map.of("GCE_METADATA_HOST", "localhost:" + metadata.port()),
                                front.port(),
                                local.port(),
                                "--iam-token",
                                "metadata");
                Programs other =
                        Programs.agent(
                                folder,
                                Map.of(),
                                second.port(),
                                local.port(),
                                "--iam-token",
                                file.toString())) {
            agent.publicUrl();
            assertShown(front, "GET /ws", old);
            assertTrue(asked.size() > 1, "it was near its end: " + asked.size());
            other.publicUrl();
            assertShown(second, "POST /register", Files.readString(file).strip());
            assertShown(second, "GET /ws", Files.readString(file).strip());
        }
    }
}
