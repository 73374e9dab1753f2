package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs, where agents ask for a name and the server keeps in a file whose it is. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChosenNameIT {

    private static final String ANNA = "anna-key-0123456789";
    private static final String BERT = "bert-key-0123456789";
    private static final Pattern SECRET = Pattern.compile("ct1\\.[A-Za-z0-9_.-]+");

    @TempDir private Path folder;

    private Programs server(int port) throws IOException {
        Map<String, String> env =
                Map.of(
                        "TUNNEL_KEY",
                        "0123456789abcdef".repeat(2),
                        "API_KEYS",
                        "anna:" + ANNA + ",bert:" + BERT,
                        "STATE_FILE",
                        folder.resolve("state").toString());
        return Programs.start(folder, "tunnel-server", env, "--port", Integer.toString(port));
    }

    private Path credentials(String key) {
        return folder.resolve(key + ".json");
    }

    private Programs agent(String key, int port, RawService local) throws IOException {
        return Programs.agent(
                folder,
                Map.of("TUNNEL_API_KEY", key),
                port,
                local.port(),
                "--name",
                "shop",
                "--credentials",
                credentials(key).toString());
    }

    private String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "20"));
        command.addAll(List.of("-o", folder.resolve("body").toString(), "-w", "%{http_code}"));
        command.addAll(List.of(arguments));
        return Programs.run(folder, command, Map.of()).strip();
    }

    private void assertServed(int port) throws Exception {
        String status = curl("http://localhost:" + port + "/pub/shop/page");
        assertEquals("200", status, Files.readString(folder.resolve("body")));
        assertEquals("anna's", Files.readString(folder.resolve("body")));
    }

    private String secret(String key) throws IOException {
        Matcher found = SECRET.matcher(Files.readString(credentials(key)));
        assertTrue(found.find());
        return found.group();
    }

    private String delete(int port, String secret) throws Exception {
        return curl(
                "-X",
                "DELETE",
                "-H",
                "Authorization: Bearer " + secret,
                "http://localhost:" + port + "/tunnels/shop");
    }

    @Test
    void aNameIsItsKeysUntilItIsDeleted() throws Exception {
        String deleted;
        int port;
        try (RawService local = new RawService(call -> call.answer(200, "anna's"));
                Programs first = server(0)) {
            port = first.port();
            try (Programs anna = agent(ANNA, port, local)) {
                assertEquals("http://localhost:" + port + "/pub/shop", anna.publicUrl());
                assertServed(port);
                try (Programs bert = agent(BERT, port, local)) {
                    assertNotEquals(0, bert.awaitExit());
                    assertTrue(
                            bert.output().contains("name-taken")
                                    && bert.output().contains("shop is taken by somebody else"),
                            bert::output);
                }
                anna.terminate();
                anna.awaitExit();
            }
            Files.delete(credentials(ANNA)); // and so its secret
            first.terminate();
            first.awaitExit();
            try (Programs second = server(port)) {
                second.port();
                try (Programs anna = agent(ANNA, port, local)) {
                    assertEquals("/pub/shop", anna.publicPath(), "it is the key's");
                    assertServed(port);
                    deleted = secret(ANNA);
                    assertEquals("401", delete(port, deleted + "A"));
                    assertEquals("204", delete(port, deleted));
                    second.kill();
                    second.awaitExit();
                }
            }
            try (Programs third = server(port)) {
                third.port();
                assertEquals("401", delete(port, deleted), "also for whoever was killed");
                assertEquals("404", curl("http://localhost:" + port + "/pub/shop/"));
                try (Programs bert = agent(BERT, port, local)) {
                    assertEquals("/pub/shop", bert.publicPath());
                    assertServed(port);
                    assertEquals("401", delete(port, deleted));
                }
            }
        }
    }
}
