package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself asks server and agent, with the rules and the dashboard of this repository. */
@Timeout(60)
class PrometheusIT {

    private static final Path DEPLOY = Path.of("..", "deploy", "observe").toAbsolutePath();
    private static final Path RULES = DEPLOY.resolve("alerts.yaml");
    private static final Path DASHBOARD = DEPLOY.resolve("grafana-dashboard.json");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Observation ADMIN =
            Observation.DEFAULT.withAdmin(new Admin("127.0.0.1", 0, TOKEN));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME =
            Pattern.compile("\\b(?:cloudtunnel|jvm|process|system)_[a-z0-9_]+");

    @TempDir Path folder;

    private Rig rig() throws Exception {
        return Rig.start(
                folder,
                "binary",
                call -> call.answer(200, "ok"),
                server -> server.observation(ADMIN),
                agent -> agent.observation(ADMIN));
    }

    private static String get(int port, String target) {
        try (Wire wire =
                Wire.to(port)
                        .head(
                                "GET " + target + " HTTP/1.1",
                                "Host: localhost",
                                "Authorization: Bearer " + TOKEN)) {
            return wire.text(wire.readAnswer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void request(Rig rig) throws IOException {
        try (Wire client = rig.get("/")) {
            assertEquals(200, client.readAnswer().status());
        }
    }

    @Test
    void theRulesAreValid() throws Exception {
        String said =
                Programs.run(
                        folder,
                        List.of(Installed.need("promtool"), "check", "rules", RULES.toString()),
                        Map.of());
        assertTrue(said.contains("SUCCESS"), said);
    }

    @Test
    void whatDashboardAndRulesNameIsThere() throws Exception {
        Set<String> named = new TreeSet<>();
        List<JsonNode> expressions = JSON.readTree(DASHBOARD.toFile()).findValues("expr");
        assertTrue(expressions.size() > 40, "expressions: " + expressions.size());
        expressions.forEach(each -> names(each.asText(), named));
        names(Files.readString(RULES), named);
        try (Rig rig = rig()) {
            request(rig);
            // For a broker there has to be one, and a refusal for its reason.
            named.remove("cloudtunnel_broker_available");
            int server = rig.server().adminPort();
            System.gc(); // its pauses have figures once there was one
            Waiting.until(
                    10,
                    "a request and a pause that are counted",
                    () -> isBusy(get(server, "/metrics")));
            Set<String> there = new TreeSet<>();
            names(get(server, "/metrics"), there);
            names(get(rig.agent().adminPort(), "/metrics"), there);
            assertEquals(documented(), named(there));
            named.removeAll(there);
            assertEquals(Set.of(), named);
        }
    }

    /** All metrics of ours that docs/observe.md has, but the one that needs a broker. */
    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        names(Files.readString(Path.of("..", "docs", "observe.md")), names);
        names.removeIf(name -> !name.startsWith("cloudtunnel_"));
        names.remove("cloudtunnel_broker_available");
        return names;
    }

    /** Those of a scrape by the names that the docs give them. */
    private static Set<String> named(Set<String> scraped) {
        Set<String> names = new TreeSet<>();
        for (String name : scraped) {
            Matcher part = Pattern.compile("(.*)_(count|sum|max|bucket)").matcher(name);
            boolean of = part.matches() && scraped.contains(part.group(1) + "_bucket");
            if (name.startsWith("cloudtunnel_")) {
                names.add(of ? part.group(1) : name);
            }
        }
        return names;
    }

    private static boolean isBusy(String metrics) {
        return metrics.contains("cloudtunnel_request_duration_seconds_count 1\n")
                && metrics.contains("jvm_gc_pause_seconds_sum");
    }

    /** Those of figures, in a scrape without its comments. */
    private static void names(String text, Set<String> names) {
        text.lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    Matcher matcher = NAME.matcher(line);
                    while (matcher.find()) {
                        names.add(matcher.group());
                    }
                });
    }

    @Test
    void prometheusScrapesAndAnswers() throws Exception {
        try (Rig rig = rig()) {
            for (int i = 0; i < 5; i++) {
                request(rig);
            }
            int port = freePort();
            try (Programs prometheus = prometheus(port, rig)) {
                Waiting.until(
                        20,
                        () -> "figures of the server in\n" + prometheus.output(),
                        () -> query(port, "sum(cloudtunnel_requests_total)").equals("5"));
                Waiting.until(
                        10,
                        () -> "figures of the agent in\n" + prometheus.output(),
                        () -> query(port, "sum(cloudtunnel_agent_requests_total)").equals("5"));
                assertEquals("2", query(port, "sum(up)"));
                assertEquals(
                        "5",
                        query(port, "sum(cloudtunnel_request_duration_seconds_bucket{le='+Inf'})"));
                assertEquals("2", query(port, "sum(cloudtunnel_links{state='ready'})"));
                JsonNode groups = JSON.readTree(get(port, "/api/v1/rules")).path("data");
                assertEquals(2, groups.path("groups").size());
                Waiting.until(
                        10,
                        "rules that are evaluated",
                        () -> !get(port, "/api/v1/rules").contains("\"health\":\"unknown\""));
                String rules = get(port, "/api/v1/rules");
                assertTrue(!rules.contains("\"health\":\"err\""), rules);
            }
        }
    }

    /** The only value of an instant query; empty where there is none. */
    private static String query(int port, String what) {
        String target = "/api/v1/query?query=" + URLEncoder.encode(what, StandardCharsets.UTF_8);
        try {
            JsonNode result = JSON.readTree(get(port, target)).path("data").path("result");
            return result.path(0).path("value").path(1).asText("");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Programs prometheus(int port, Rig rig) throws Exception {
        Path config =
                Files.writeString(
                        folder.resolve("prometheus.yaml"),
                        """
                        global: {scrape_interval: 1s, evaluation_interval: 1s}
                        rule_files: ["%s"]
                        scrape_configs:
                          - job_name: tunnel-server
                            authorization: {credentials: %s}
                            static_configs: [{targets: ["127.0.0.1:%d"]}]
                          - job_name: tunnel-agent
                            authorization: {credentials: %s}
                            static_configs: [{targets: ["127.0.0.1:%d"]}]
                        """
                                .formatted(
                                        RULES,
                                        TOKEN,
                                        rig.server().adminPort(),
                                        TOKEN,
                                        rig.agent().adminPort()));
        Programs started =
                Programs.start(
                        folder,
                        List.of(
                                Installed.need("prometheus"),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                                "--web.listen-address=127.0.0.1:" + port),
                        Map.of());
        started.await("start", line -> line.contains("Server is ready to receive web requests"));
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
