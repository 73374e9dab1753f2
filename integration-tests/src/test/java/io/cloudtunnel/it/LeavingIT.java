package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs in binary mode: who is asked to leave ends what is in progress, and comes back. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeavingIT {

    private static final int HALF = 500_000;
    private static final Map<String, String> KEY =
            Map.of("TUNNEL_KEY", "0123456789abcdef0123456789abcdef");

    @TempDir Path folder;

    private final CountDownLatch mayEnd = new CountDownLatch(1);

    private void twoHalves(RawService.Call call) throws Exception {
        if (call.head().target().equals("/quick")) {
            call.answer(200, "ok");
            return;
        }
        call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        call.wire().chunk(new byte[HALF], HALF);
        assertTrue(mayEnd.await(20, TimeUnit.SECONDS));
        call.wire().chunk(new byte[HALF], HALF);
        call.wire().lastChunk();
    }

    private Programs agent(int port, RawService local) throws Exception {
        return Programs.agent(folder, Map.of(), port, local.port(), "--mode", "binary");
    }

    private static Wire get(int port, String target) throws Exception {
        return Wire.to(port).head("GET " + target + " HTTP/1.1", "Host: localhost");
    }

    @Test
    void aDownloadOutlivesSigtermAndTheUrlSurvivesBothRestarts() throws Exception {
        try (RawService local = new RawService(this::twoHalves);
                Programs first = Programs.start(folder, "tunnel-server", KEY, "--port", "0")) {
            int port = first.port();
            String before;
            try (Programs agent = agent(port, local)) {
                before = agent.publicPath();
                try (Wire client = get(port, before + "/long")) {
                    InputStream body = client.body(client.readAnswer(), false);
                    assertEquals(HALF, body.readNBytes(HALF).length);
                    first.terminate();
                    mayEnd.countDown();
                    assertEquals(HALF, body.readAllBytes().length);
                }
                assertEquals(143, first.awaitExit());
                try (Programs second =
                        Programs.start(
                                folder, "tunnel-server", KEY, "--port", Integer.toString(port))) {
                    second.await("link", l -> l.contains(" open"));
                    assertServed(port, before);
                    agent.terminate();
                    assertEquals(143, agent.awaitExit());
                    try (Programs again = agent(port, local)) {
                        assertEquals(before, again.publicPath());
                        assertServed(port, before);
                    }
                }
            }
        }
    }

    private static void assertServed(int port, String target) throws Exception {
        try (Wire client = get(port, target + "/quick")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(200, answer.status());
            assertEquals("ok", client.text(answer));
        }
    }
}
