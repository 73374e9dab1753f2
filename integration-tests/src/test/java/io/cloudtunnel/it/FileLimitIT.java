package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients than a server may have open files: others are served, then and afterwards. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileLimitIT {

    private static final int FILES = 160;
    private static final int CLIENTS = 300;

    @TempDir Path folder;

    @Test
    void aServerFullOfIdleClientsServesOthers() throws Exception {
        List<String> java =
                List.of(
                        "/bin/sh",
                        "-c",
                        "ulimit -n " + FILES + "; exec \"$0\" \"$@\"",
                        Programs.javaOfThisProcess());
        try (Programs server =
                Programs.start(java, folder, "tunnel-server", Map.of(), "--port", "0")) {
            int port = server.port();
            List<Wire> idle = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    idle.add(Wire.to(port));
                }
                assertServed(port);
                server.await("warning", line -> line.contains("as many connections are open"));
            } finally {
                for (Wire each : idle) {
                    each.close();
                }
            }
            assertServed(port);
            assertTrue(!server.output().contains("terminating"), server::output);
        }
    }

    private static void assertServed(int port) throws IOException {
        try (Wire client = Wire.to(port)) {
            client.head("GET /health/live HTTP/1.1", "Host: a");
            assertEquals(200, client.readAnswer().status());
        }
    }
}
