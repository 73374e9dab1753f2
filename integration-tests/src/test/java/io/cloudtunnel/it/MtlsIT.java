package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Authority;
import io.cloudtunnel.server.relay.servers.Installed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs, where agents have to show a client certificate. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MtlsIT {

    @TempDir Path folder;

    private Authority ours;
    private Authority others;
    private Path authorities; // of the server, for agents
    private Path shown; // by the agent
    private RawService local;
    private Programs server;

    @BeforeEach
    void start() throws Exception {
        ours = new Authority(folder, "ours");
        others = new Authority(folder, "others");
        Authority.Issued own = ours.issue("server");
        authorities = Files.copy(ours.pem(), folder.resolve("authorities"));
        shown = Files.copy(ours.issue("laptop").both(), folder.resolve("shown"));
        local = new RawService(call -> call.answer(200, "hello"));
        server =
                Programs.start(
                        folder,
                        "tunnel-server",
                        Map.of(
                                "TLS_CERT",
                                own.both().toString(),
                                "TLS_CLIENT_CA",
                                authorities.toString(),
                                "REGISTRATION",
                                "mtls",
                                "LINK_LIFETIME",
                                "4s"),
                        "--port",
                        "0");
        server.port();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        local.close();
    }

    private Programs agent(Map<String, String> env, String... more) throws Exception {
        List<String> args = new ArrayList<>();
        args.addAll(List.of("--server", "https://localhost:" + server.port()));
        args.addAll(List.of("--server-ca", ours.pem().toString(), "--name", "x" + more.length));
        args.addAll(List.of("--local", Integer.toString(local.port())));
        args.addAll(List.of(more));
        return Programs.start(folder, "tunnel-agent", env, args.toArray(String[]::new));
    }

    private Programs curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(Installed.need("curl"), "-sS", "--cacert", ours.pem().toString()));
        command.addAll(List.of(arguments));
        return Programs.start(folder, command, Map.of());
    }

    @Test
    void onlyWithACertificateThatCounts() throws Exception {
        Authority.Issued stranger = others.issue("stranger");
        try (Programs agent = agent(Map.of(), "--client-cert", shown.toString())) {
            String url = agent.await("URL", line -> line.startsWith("https://localhost"));
            server.await("name", line -> line.contains(" certificate=laptop"));
            try (Programs client = curl(url)) { // the public needs none
                assertTrue(client.awaitExit() == 0 && client.output().equals("hello"));
            }
            assertRefused(agent(Map.of()));
            assertRefused(
                    agent(
                            Map.of("TUNNEL_CLIENT_CERT", stranger.chain().toString()),
                            "--client-key",
                            stranger.key().toString()));
            Path file = folder.resolve(".config/cloudtunnel/credentials.json");
            String secret = Files.readString(file).replaceAll("(?s).*\"(ct1[^\"]*)\".*", "$1");
            String id = url.replaceAll(".*/", "");
            assertRefused(agent(Map.of("TUNNEL_ID", id, "TUNNEL_SECRET", secret)));
        }
        String register = "https://localhost:" + server.port() + "/register";
        try (Programs client = curl("-X", "POST", "--cert", stranger.both().toString(), register)) {
            assertFalse(client.awaitExit() == 0, client::output); // it shows it all the same
        }
        server.await(
                "refusal",
                line -> line.contains("client certificate refused: subject=CN=stranger"));
    }

    private static void assertRefused(Programs agent) throws Exception {
        try (agent) {
            agent.await("reason", line -> line.contains("(client-certificate)"));
            assertFalse(agent.output().contains("public URL:"), agent::output);
        }
    }

    @Test
    void bothSidesFollowTheirFiles() throws Exception {
        try (Programs agent = agent(Map.of(), "--client-cert", shown.toString())) {
            String url = agent.await("URL", line -> line.startsWith("https://localhost"));
            Files.copy(others.pem(), authorities, StandardCopyOption.REPLACE_EXISTING);
            agent.await("reason", line -> line.contains("(client-certificate)"));
            Waiting.until(20, "the end of its links", () -> opened() == closed());
            Path next = others.issue("desktop").both();
            Files.copy(next, shown, StandardCopyOption.REPLACE_EXISTING);
            Waiting.until(30, () -> "a link: " + server.output(), () -> opened() > closed());
            try (Programs client = curl(url)) {
                assertTrue(client.awaitExit() == 0 && client.output().equals("hello"));
            }
        }
    }

    private long opened() {
        return server.output().lines().filter(line -> line.endsWith(" open")).count();
    }

    private long closed() {
        return server.output().lines().filter(line -> line.contains(" closed: ")).count();
    }
}
