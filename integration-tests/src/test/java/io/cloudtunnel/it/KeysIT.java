package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs, when the key that tunnels are signed with is another one after a restart. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeysIT {

    private static final String OLD = "one:" + "0123456789abcdef".repeat(2);
    private static final String NEW = "two:" + "fedcba9876543210".repeat(2);

    @TempDir Path folder;

    private Programs server(int port, String keys) throws Exception {
        return Programs.start(
                folder,
                "tunnel-server",
                Map.of("TUNNEL_KEY", keys),
                "--port",
                Integer.toString(port));
    }

    private Programs agent(int port, RawService local, String name) throws Exception {
        return Programs.agent(folder, Map.of(), port, local.port(), "--name", name);
    }

    private static void assertServed(int port, String target) throws Exception {
        try (Wire client = Wire.to(port).head("GET " + target + " HTTP/1.1", "Host: localhost")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(200, answer.status());
            assertEquals("ok", client.text(answer));
        }
    }

    /** Nothing is stored: what an agent shows is signed by a key that the server still has. */
    @Test
    void tunnelsSurviveANewKeyBesideTheOldOne() throws Exception {
        try (RawService local = new RawService(call -> call.answer(200, "ok"));
                Programs first = server(0, OLD)) {
            int port = first.port();
            try (Programs agent = agent(port, local, "a")) {
                String before = agent.publicPath();
                assertServed(port, before);
                first.terminate();
                first.awaitExit();
                try (Programs second = server(port, NEW + "," + OLD)) {
                    second.await("link", l -> l.contains(" open"));
                    assertServed(port, before);
                    assertFalse(agent.output().contains("HAS CHANGED"), agent::output);
                    agent.terminate();
                    agent.awaitExit();
                    try (Programs again = agent(port, local, "a");
                            Programs other = agent(port, local, "b")) {
                        assertEquals(before, again.publicPath(), "also after its own restart");
                        assertServed(port, before);
                        String young = other.publicPath();
                        second.terminate();
                        second.awaitExit();
                        assertOnlyTheNewOneIsServed(port, young, other, again);
                    }
                }
            }
        }
    }

    /** Once the old key is taken out, its tunnels are gone, and what the new one signed is not. */
    private void assertOnlyTheNewOneIsServed(
            int port, String young, Programs ofYoung, Programs ofOld) throws Exception {
        try (Programs third = server(port, NEW)) {
            third.await("link", l -> l.contains(" open"));
            ofOld.await("a new tunnel", l -> l.contains("HAS CHANGED"));
            assertServed(port, young);
            assertFalse(ofYoung.output().contains("HAS CHANGED"), ofYoung::output);
        }
    }

    @Test
    void withoutAKeyTheLogSaysWhatThatMeansOnCloudRun() throws Exception {
        try (Programs server =
                Programs.start(
                        folder, "tunnel-server", Map.of("K_SERVICE", "tunnel"), "--port", "0")) {
            String line = server.await("warning", l -> l.contains("TUNNEL_KEY is not set"));
            assertTrue(line.contains("\"severity\":\"WARNING\""), line);
            assertTrue(line.contains("new URLs when this server restarts"), line);
            assertTrue(line.contains("at each deploy, at each new instance"), line);
            assertTrue(line.contains("openssl rand -hex 32"), line);
        }
        try (Programs server =
                Programs.start(
                        folder,
                        "tunnel-server",
                        Map.of("K_SERVICE", "tunnel", "TUNNEL_KEY", OLD),
                        "--port",
                        "0")) {
            server.port();
            assertFalse(server.output().contains("TUNNEL_KEY"), server::output);
        }
    }
}
