package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.RSAKey;
import io.cloudtunnel.server.access.Issuer;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.relay.Eventually;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that owners choose for their tunnels, and how many tunnels an owner may have. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChosenNamesTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);
    private static final String ANNA = "anna-key-0123456789";
    private static final String BERT = "bert-key-0123456789";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REVOKED = 4002;

    private final MemoryEngine memory = new MemoryEngine();

    private static TunnelServer start(Consumer<TunnelServerBuilder> options) {
        TunnelServerBuilder builder =
                TunnelServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .tunnelKey(KEY)
                        .apiKeys(Map.of("anna", ANNA, "bert", BERT))
                        .bridgeTime(Duration.ZERO);
        options.accept(builder);
        return builder.start();
    }

    private TunnelServer instance() throws Exception {
        TunnelServer server = start(b -> b.engine(memory::engine));
        RelayTest.awaitReady(server.port());
        return server;
    }

    private static RawClient.Answer register(
            TunnelServer at, String name, String authorization, String... more) throws IOException {
        return post(at, JSON.createObjectNode().put("name", name).toString(), authorization, more);
    }

    private static RawClient.Answer post(
            TunnelServer at, String body, String authorization, String... more) throws IOException {
        try (RawClient client = new RawClient(at.port())) {
            StringBuilder head = new StringBuilder("POST /register HTTP/1.1\r\n");
            head.append(authorization).append("\r\n");
            for (String line : more) {
                head.append(line).append("\r\n");
            }
            if (more.length == 0) {
                head.append("Host: localhost\r\n");
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            return client.send(head.toString()).send(bytes).answer();
        }
    }

    private static String by(String key) {
        return "Authorization: Bearer " + key;
    }

    private static JsonNode given(RawClient.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.text());
        return JSON.readTree(answer.body().toByteArray());
    }

    private static void assertRefused(int status, String code, RawClient.Answer answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals(code, answer.first("Cloudtunnel-Error"));
    }

    private static RawClient.Answer ask(
            TunnelServer at, String method, String path, String... lines) throws IOException {
        try (RawClient client = new RawClient(at.port())) {
            boolean named = List.of(lines).stream().anyMatch(line -> line.startsWith("Host:"));
            String host = named ? "" : "Host: localhost\r\n";
            String rest = String.join("\r\n", lines) + (lines.length == 0 ? "" : "\r\n");
            return client.send(method + " " + path + " HTTP/1.1\r\n" + host + rest + "\r\n")
                    .answer();
        }
    }

    private static int page(TunnelServer at, String path) throws IOException {
        return ask(at, "GET", path).status();
    }

    private static JdkAgent agent(TunnelServer at, JsonNode pair) {
        return JdkAgent.connect(
                java.net.http.HttpClient.newHttpClient(),
                at.port(),
                pair.path("id").asText(),
                pair.path("secret").asText(),
                request -> request.answer(200, new byte[0]));
    }

    private static int delete(TunnelServer at, JsonNode pair) throws IOException {
        return ask(
                        at,
                        "DELETE",
                        "/tunnels/" + pair.path("id").asText(),
                        by(pair.path("secret").asText()))
                .status();
    }

    @Test
    void aNameIsOfTheKeyThatTookItAndIsServedByEachInstance() throws Exception {
        try (TunnelServer one = instance();
                TunnelServer two = instance()) {
            JsonNode first = given(register(one, "shop", by(ANNA)));
            assertEquals("shop", first.path("id").asText());
            assertEquals("http://localhost/pub/shop", first.path("public_url").asText());
            assertTrue(first.path("name_refused").isMissingNode());
            RawClient.Answer taken = register(two, "shop", by(BERT));
            assertRefused(409, "name-taken", taken);
            assertTrue(taken.text().contains("shop is taken by somebody else"), taken.text());
            JsonNode again = given(register(two, "shop", by(ANNA)));
            assertEquals("shop", again.path("id").asText());
            Eventually.holds("learned", () -> page(two, "/pub/shop/") == 502);
            assertEquals(502, page(one, "/pub/shop/"), "who gave it knows it at once");
            try (JdkAgent agent = agent(one, first)) {
                assertEquals(200, page(one, "/pub/shop/"));
                Eventually.holds("relayed", () -> page(two, "/pub/shop/") == 200);
                assertEquals(404, page(one, "/pub/shop2/"));
                assertFalse(agent.isClosed());
            }
            agent(two, again).close();
        }
    }

    /** Else whoever asks for names without end would keep the store busy. */
    @Test
    void whoAsksForANameAsksNoStore() throws Exception {
        try (TunnelServer one = instance()) {
            given(register(one, "shop", by(ANNA)));
            Eventually.holds("learned", () -> page(one, "/pub/nobody/") == 404);
            memory.down(true);
            assertEquals(404, page(one, "/pub/nobody/"));
            assertNotEquals(404, page(one, "/pub/shop/"));
        }
    }

    @Test
    void afterADeletionAnotherMayHaveItAndNoSecretOfBeforeCounts() throws Exception {
        try (TunnelServer one = instance();
                TunnelServer two = instance()) {
            JsonNode first = given(register(one, "shop", by(ANNA)));
            JdkAgent here = agent(one, first);
            JdkAgent there = agent(two, first);
            assertEquals(204, delete(one, first));
            assertEquals(REVOKED, here.awaitClose().code());
            assertEquals(REVOKED, there.awaitClose().code());
            assertEquals(404, page(one, "/pub/shop/"));
            Eventually.holds("learned", () -> page(two, "/pub/shop/") == 404);
            assertEquals(401, delete(two, first));
            JsonNode second = given(register(two, "shop", by(BERT)));
            assertEquals("shop", second.path("id").asText());
            assertEquals(401, delete(one, first), "whatever it once was");
            assertRefused(409, "name-taken", register(one, "shop", by(ANNA)));
            String old = JSON.createObjectNode().setAll(asked(first)).toString();
            assertNotEquals("shop", given(post(one, old, by(ANNA))).path("id").asText());
            try (JdkAgent agent = agent(one, second)) {
                assertEquals(200, page(one, "/pub/shop/"));
                assertFalse(agent.isClosed());
            }
        }
    }

    private static Map<String, JsonNode> asked(JsonNode pair) {
        return Map.of("id", pair.path("id"), "secret", pair.path("secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ab",
                "-shop",
                "shop-",
                "Shop",
                "sh_op",
                "a.b",
                "a/b",
                "..",
                "",
                "sh\u00f6p",
                "shop\n",
                "abcdefghijklmnopqrstuvwxyz0123456",
                "abcdefghijklmnopqrstuvwxyz234567",
                "www",
                "register",
                "xn--shp-fka"
            })
    void otherNamesAreRefused(String name) throws Exception {
        try (TunnelServer one = instance()) {
            assertRefused(400, "bad-name", register(one, name, by(ANNA)));
        }
    }

    @Test
    void whereItCannotBeKnownWhoseANameIsNobodyGetsOne(@TempDir Path folder) throws Exception {
        try (TunnelServer without = start(b -> {});
                TunnelServer open =
                        start(b ->
                                b.openRegistration()
                                        .life(
                                                TunnelLife.DEFAULT.withStateFile(
                                                        folder.resolve("s"))))) {
            JsonNode pair = given(register(without, "shop", by(ANNA)));
            assertTrue(pair.path("id").asText().matches("[a-z2-7]{32}"));
            String why = pair.path("name_refused").asText();
            assertTrue(why.contains("REDIS_URL or STATE_FILE"), why);
            assertEquals(404, page(without, "/pub/shop/"));
            why = given(register(open, "shop", "X: y")).path("name_refused").asText();
            assertTrue(why.contains("API_KEYS"), why);
            assertEquals(404, page(open, "/pub/shop/"));
        }
    }

    @Test
    void aStateFileKnowsWhoseANameIsAfterARestart(@TempDir Path folder) throws Exception {
        TunnelLife kept = TunnelLife.DEFAULT.withStateFile(folder.resolve("state"));
        JsonNode shop;
        try (TunnelServer first = start(b -> b.life(kept))) {
            shop = given(register(first, "shop", by(ANNA)));
        }
        try (TunnelServer again = start(b -> b.life(kept))) {
            assertRefused(409, "name-taken", register(again, "shop", by(BERT)));
            Eventually.holds("known", () -> page(again, "/pub/shop/") == 502);
            agent(again, shop).close();
            assertEquals("shop", given(register(again, "shop", by(ANNA))).path("id").asText());
        }
    }

    @Test
    void anOwnerHasSoManyTunnels() throws Exception {
        try (TunnelServer one =
                start(b -> b.engine(memory::engine).registrations(new RegistrationLimits(0, 2)))) {
            RelayTest.awaitReady(one.port());
            JsonNode first = given(post(one, "", by(ANNA)));
            JsonNode shop = given(register(one, "shop", by(ANNA)));
            RawClient.Answer over = post(one, "{}", by(ANNA));
            assertRefused(403, "too-many-tunnels", over);
            assertTrue(over.text().contains("LIMIT_TUNNELS_PER_KEY"), over.text());
            assertRefused(403, "too-many-tunnels", register(one, "blog", by(ANNA)));
            given(register(one, "shop", by(ANNA)));
            String held = JSON.createObjectNode().setAll(asked(first)).toString();
            assertEquals(first.path("id"), given(post(one, held, by(ANNA))).path("id"));
            given(post(one, "", by(BERT)));
            assertEquals(204, delete(one, first));
            given(register(one, "blog", by(ANNA)));
            assertRefused(403, "too-many-tunnels", post(one, "", by(ANNA)));
            assertEquals(204, delete(one, shop));
            given(post(one, "", by(ANNA)));
        }
    }

    @Test
    void whatExpiredStandsInNobodysWay() throws Exception {
        try (TunnelServer one =
                start(b ->
                        b.engine(memory::engine)
                                .life(TunnelLife.DEFAULT.withExpiry(Duration.ofSeconds(4)))
                                .registrations(new RegistrationLimits(0, 1)))) {
            RelayTest.awaitReady(one.port());
            JsonNode shop = given(register(one, "shop", by(ANNA)));
            JdkAgent agent = agent(one, shop);
            assertRefused(409, "name-taken", register(one, "shop", by(BERT)));
            assertRefused(403, "too-many-tunnels", post(one, "", by(ANNA)));
            Eventually.holds("longer than the expiry", () -> aged(one, shop, 5));
            assertRefused(409, "name-taken", register(one, "shop", by(BERT)));
            agent.close();
            Eventually.holds("expired", () -> register(one, "shop", by(BERT)).status() == 200);
            assertEquals(401, delete(one, shop));
            given(post(one, "", by(ANNA)));
        }
    }

    /** Whether a secret is so many seconds old. */
    private static boolean aged(TunnelServer at, JsonNode pair, int seconds) {
        long issued = Credentials.issuedSeconds(pair.path("secret").asText());
        return at.port() > 0 && System.currentTimeMillis() / 1000 - issued >= seconds;
    }

    @Test
    void aNameHasAHostOfItsOwn() throws Exception {
        try (TunnelServer one = start(b -> b.engine(memory::engine).hostDomain("t.example.com"))) {
            RelayTest.awaitReady(one.port());
            String own = "Host: home.t.example.com";
            JsonNode shop = given(register(one, "shop", by(ANNA), own));
            assertEquals("http://shop.t.example.com", shop.path("public_url").asText());
            try (JdkAgent agent = agent(one, shop)) {
                assertEquals(
                        200, ask(one, "GET", "/register", "Host: SHOP.t.example.com:80").status());
                assertFalse(agent.isClosed());
            }
            // Nobody's, so the server's own.
            assertEquals(405, ask(one, "GET", "/register", "Host: blog.t.example.com").status());
            // What is the server's own host stays it.
            assertRefused(400, "bad-name", register(one, "home", by(ANNA), own));
            given(register(one, "home", by(ANNA), "Host: other.t.example.com"));
        }
    }

    @Test
    void theHolderOfATokenIsAnOwner() throws Exception {
        RSAKey key = Issuer.rsa("one");
        try (Issuer issuer = new Issuer(key.toPublicJWK());
                TunnelServer one =
                        start(b ->
                                b.engine(memory::engine)
                                        .openRegistration()
                                        .access(
                                                AccessControl.builder()
                                                        .agents(
                                                                "{\"jwt\":{\"issuer\":\"%s\",\"audience\":\"shop\",\"jwks\":\"%s\"}}"
                                                                        .formatted(
                                                                                issuer.name(),
                                                                                issuer.jwks()))
                                                        .build()))) {
            RelayTest.awaitReady(one.port());
            String field = "Cloudtunnel-Authorization: Bearer ";
            String anna = field + issuer.token(key);
            String bert = field + issuer.token(key, claims -> claims.subject("bert"));
            assertEquals("shop", given(register(one, "shop", anna)).path("id").asText());
            assertRefused(409, "name-taken", register(one, "shop", bert));
            assertEquals("shop", given(register(one, "shop", anna)).path("id").asText());
        }
    }
}
