package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the admin listener says of a server that does something. */
class MetricsTest {

    private static final byte[] BODY = "0123456789".getBytes(StandardCharsets.US_ASCII);

    private static Tunnel start(int mostTunnels) throws IOException, InterruptedException {
        Observation observation =
                Observation.DEFAULT.withAdmin(Admin.onLoopback(0)).withMetricsTunnels(mostTunnels);
        return Tunnel.start(builder -> builder.observation(observation));
    }

    private static String scrape(Tunnel tunnel) throws IOException, InterruptedException {
        URI metrics = URI.create("http://localhost:" + tunnel.server.adminPort() + "/metrics");
        return tunnel.client
                .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
    }

    /** Asks until it is so: a request is counted when its answer has gone out. */
    private static String await(Tunnel tunnel, Predicate<String> so) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String all = scrape(tunnel);
        while (!so.test(all)) {
            assertTrue(System.nanoTime() < end, all);
            all = scrape(tunnel);
        }
        return all;
    }

    private static String await(Tunnel tunnel, String line) throws Exception {
        return await(tunnel, all -> all.contains("\n" + line + "\n"));
    }

    private static boolean isX(JdkAgent.Request request) {
        return request.json().path("path").asText().equals("/x");
    }

    @Test
    void requestsAreCountedByTunnelStatusAndLeg() throws Exception {
        try (Tunnel tunnel = start(10)) {
            JdkAgent agent =
                    tunnel.agent(request -> request.answer(isX(request) ? 404 : 200, BODY));
            HttpRequest post = tunnel.to("/").POST(BodyPublishers.ofByteArray(BODY)).build();
            assertEquals(200, tunnel.client.send(post, BodyHandlers.ofString()).statusCode());
            assertEquals(404, tunnel.get("/x").statusCode());
            String id = "tunnel=\"" + tunnel.id + "\"";
            await(tunnel, "cloudtunnel_requests_total{status=\"2xx\"," + id + "} 1.0");
            await(tunnel, "cloudtunnel_requests_total{status=\"4xx\"," + id + "} 1.0");
            await(tunnel, "cloudtunnel_body_bytes_total{direction=\"request\"," + id + "} 10.0");
            await(tunnel, "cloudtunnel_body_bytes_total{direction=\"response\"," + id + "} 20.0");
            await(tunnel, "cloudtunnel_request_duration_seconds_count 2");
            await(tunnel, "cloudtunnel_request_wait_seconds_count 2");
            await(tunnel, "cloudtunnel_request_first_byte_seconds_count 2");
            await(tunnel, "cloudtunnel_request_duration_seconds_bucket{le=\"+Inf\"} 2");
            await(tunnel, "cloudtunnel_links{mode=\"json\",state=\"ready\"} 1.0");
            await(tunnel, "cloudtunnel_requests_open 0.0");
            agent.close();
            await(tunnel, "cloudtunnel_links{mode=\"json\",state=\"ready\"} 0.0");
            await(tunnel, "cloudtunnel_link_lifetime_seconds_count 1");
            assertEquals(502, tunnel.get("/").statusCode());
            await(tunnel, "cloudtunnel_request_failures_total{leg=\"agent\"," + id + "} 1.0");
            await(
                    tunnel,
                    "cloudtunnel_request_errors_total{code=\"agent-not-connected\",leg=\"agent\"}"
                            + " 1.0");
        }
    }

    @Test
    void theFirstTunnelsHaveFiguresOfTheirOwn() throws Exception {
        try (Tunnel tunnel = start(1)) {
            JdkAgent agent = tunnel.agent(request -> request.answer(200, BODY));
            Tunnel.Other other = tunnel.other(request -> request.answer(200, BODY));
            assertEquals(200, tunnel.get("/").statusCode());
            assertEquals(200, other.status());
            assertEquals(200, other.status());
            String all =
                    await(
                            tunnel,
                            "cloudtunnel_requests_total{status=\"2xx\",tunnel=\"other\"} 2.0");
            assertTrue(all.contains("tunnel=\"" + tunnel.id + "\""), all);
            assertFalse(all.contains(other.id()), all);
            assertEquals(0, agent.waiting());
            other.agent().close();
        }
    }

    @Test
    void whatFindsNoTunnelIsNobodys() throws Exception {
        try (Tunnel tunnel = start(10)) {
            for (int i = 0; i < 3; i++) {
                HttpRequest guess = HttpRequest.newBuilder(tunnel.at("/pub/guess" + i)).build();
                assertEquals(
                        404, tunnel.client.send(guess, BodyHandlers.discarding()).statusCode());
            }
            String all =
                    await(tunnel, "cloudtunnel_requests_total{status=\"4xx\",tunnel=\"none\"} 3.0");
            assertFalse(all.contains("guess"), all);
        }
    }

    @Test
    void registrationsAndLinksAreCounted() throws Exception {
        try (Tunnel tunnel = start(10)) {
            await(tunnel, "cloudtunnel_registrations_total 1.0");
            assertThrows(
                    RuntimeException.class,
                    () -> JdkAgent.connect(tunnel.client, tunnel.port(), tunnel.id, "wrong"));
            await(tunnel, "cloudtunnel_links_refused_total{reason=\"bad-credentials\"} 1.0");
            JdkAgent first = tunnel.agent(request -> request.answer(200, BODY));
            JdkAgent second = tunnel.agent(request -> request.answer(200, BODY));
            await(tunnel, "cloudtunnel_links_opened_total{mode=\"json\"} 2.0");
            await(tunnel, "cloudtunnel_links_retired_total{reason=\"replaced\"} 1.0");
            first.close();
            second.close();
        }
    }

    @Test
    void withoutAPortThereIsNoListener() throws Exception {
        try (Tunnel tunnel = Tunnel.start()) {
            assertEquals(-1, tunnel.server.adminPort());
        }
    }

    @Test
    void theListenerEndsWithTheServer() throws Exception {
        int port;
        try (Tunnel tunnel = start(10)) {
            port = tunnel.server.adminPort();
        }
        assertThrows(IOException.class, () -> new RawClient(port).close());
    }
}
