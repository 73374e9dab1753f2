package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.cloudtunnel.server.connection.ClientLimits;
import io.cloudtunnel.server.wire.Http2Wire;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests in HTTP/2 whose bodies do not end. */
@Timeout(60)
class Http2BodiesTest {

    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final String[] NOTHING = {};
    private static final String[] REFUSED = {"upgrade", "websocket"};
    private static final String[] EMPTY = {"content-length", "0"};

    @TempDir Path folder;

    private static Tunnel start(Duration progress) throws Exception {
        ClientLimits limits = new ClientLimits(LONG, LONG, LONG, progress, 1024, LONG, LONG, SHORT);
        return Tunnel.start(builder -> builder.http2(true).clientLimits(limits));
    }

    /** Also of virtual threads, in Helidon's code of a stream or in ours. */
    private boolean anyoneIsLeft() throws IOException {
        Path dump = folder.resolve("threads");
        Files.deleteIfExists(dump);
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        String all = Files.readString(dump);
        return all.contains("Http2ServerStream") || all.contains("RoutingBody");
    }

    private void awaitNobody() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (anyoneIsLeft()) {
            assertTrue(System.nanoTime() < end, "threads are left");
            new Semaphore(0).tryAcquire(50, TimeUnit.MILLISECONDS);
        }
    }

    /** Whoever handles the request, and whether it has been answered. */
    @Test
    void nobodyWaitsForAClientThatHasGone() throws Exception {
        try (Tunnel tunnel = start(LONG)) {
            tunnel.agent(request -> request.answer(200, new byte[0]));
            String own = tunnel.path("/");
            try (Http2Wire client = new Http2Wire(tunnel.port())) {
                int stream = 1;
                for (String path : new String[] {"/nope", "/health/live", "/register", own}) {
                    for (String[] fields : new String[][] {NOTHING, EMPTY, REFUSED}) {
                        client.request(stream, "POST", path, false, fields);
                        stream += 2;
                    }
                }
                client.request(stream, "GET", "/health/live", true);
                assertTrue(client.text(stream).contains("UP"));
                assertTrue(anyoneIsLeft());
            }
            awaitNobody();
        }
    }

    /** Of a request that has been answered the stream ends, for good. */
    @Test
    void whatIsLeftIsReadForAWhileOnly() throws Exception {
        try (Tunnel tunnel = start(LONG);
                Http2Wire client = new Http2Wire(tunnel.port())) {
            tunnel.agent(request -> request.answer(200, new byte[] {'o', 'k'}));
            client.request(1, "POST", tunnel.path("/"), false, EMPTY);
            assertEquals("ok", client.text(1));
            client.awaitReset(1);
            client.request(3, "POST", "/nope", false);
            assertTrue(client.text(3).length() > 0);
            client.awaitReset(3);
            awaitNobody();
            client.request(5, "GET", tunnel.path("/"), true);
            assertEquals("ok", client.text(5));
        }
    }

    @Test
    void aBodyThatTricklesIsRefused() throws Exception {
        try (Tunnel tunnel = start(SHORT);
                Http2Wire client = new Http2Wire(tunnel.port());
                LogCapture log = new LogCapture()) {
            JdkAgent agent = tunnel.agent();
            client.request(1, "POST", tunnel.path("/"), false, "content-length", "9000");
            client.data(1, "12345".getBytes(StandardCharsets.US_ASCII), false);
            client.request(3, "POST", tunnel.path("/"), false); // nothing of it comes
            String text = client.text(1);
            assertTrue(text.contains("too slowly"), text);
            assertTrue(log.await("end=request-timeout", Duration.ofSeconds(10)), log::text);
            client.request(5, "POST", "/register", false);
            assertTrue(client.text(5).contains("too slowly"));
            assertEquals(0, agent.waiting(), "nothing was forwarded");
            awaitNobody();
            client.request(7, "GET", "/health/live", true);
            assertTrue(client.text(7).contains("UP"), "others go on");
        }
    }
}
