package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.RSAKey;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.server.AccessControl.RequestLimits;
import io.cloudtunnel.server.access.Issuer;
import io.cloudtunnel.server.relay.MemoryEngine;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Who may use a tunnel, by a real server that agents in binary mode have told so. */
class AccessTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    /** Of "sesame", with the fewest rounds that are taken: these tests check it often. */
    private static final String HASH =
            "pbkdf2-sha256:10000:AAECAwQFBgcICQoLDA0ODw:xgt8nWBA5w9EXaP_mwbC4_J7ZWPWyciWSOZrDZzlBSw";

    private static final String BASIC = "{\"basic\":{\"anna\":\"" + HASH + "\"}}";
    private static final String NOBODY = "{\"deny\":[\"127.0.0.0/8\",\"::1\"]}";
    private static final String ANNA =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("anna:sesame".getBytes(StandardCharsets.UTF_8));

    private static BinaryAgent agent(Tunnel tunnel, String policy) throws Exception {
        return agent(tunnel, tunnel, "a", policy);
    }

    private static BinaryAgent agent(Tunnel at, Tunnel tunnel, String name, String policy)
            throws Exception {
        return new BinaryAgent(at, tunnel, name, false, policy);
    }

    private static CompletableFuture<HttpResponse<String>> ask(
            Tunnel at, Tunnel of, String... fields) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at.at(of.path("/x"))).timeout(Duration.ofSeconds(20));
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        return at.client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> answer(Tunnel tunnel, String... fields) throws Exception {
        return ask(tunnel, tunnel, fields).get(20, TimeUnit.SECONDS);
    }

    private static String code(HttpResponse<String> answer) {
        return answer.statusCode()
                + " "
                + answer.headers().firstValue("Cloudtunnel-Error").orElse("");
    }

    /** A request that the agent gets and answers; as it got it. */
    private static Frame.Req served(
            BinaryAgent agent, CompletableFuture<HttpResponse<String>> asked) throws Exception {
        Frame.Req request = agent.next(Frame.Req.class);
        agent.answer(request.stream(), 204);
        assertEquals(204, asked.get(20, TimeUnit.SECONDS).statusCode());
        request.head()
                .fields()
                .forEach((name, value) ->
                        assertTrue(!name.startsWith("Cloudtunnel-"), "for servers: " + name));
        return request;
    }

    @Test
    void aTunnelIsGuardedByWhatItsAgentSays() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = agent(tunnel, BASIC)) {
            HttpResponse<String> refused = answer(tunnel);
            assertEquals("401 unauthorized", code(refused));
            assertEquals(
                    "Basic realm=\"tunnel\", charset=\"UTF-8\"",
                    refused.headers().firstValue("WWW-Authenticate").orElse(""));
            assertEquals("401 unauthorized", code(answer(tunnel, "Authorization", "Basic eDp5")));
            assertTrue(agent.isIdle(), "nothing of it goes to the agent");
            Frame.Req request = served(agent, ask(tunnel, tunnel, "Authorization", ANNA));
            assertNull(request.head().fields().first("Authorization"), "it is not forwarded");
        }
    }

    @Test
    void credentialsAreForwardedIfThePolicySaysSo() throws Exception {
        String policy = BASIC.replace("{\"basic\"", "{\"forward-credentials\":true,\"basic\"");
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = agent(tunnel, policy)) {
            Frame.Req request = served(agent, ask(tunnel, tunnel, "Authorization", ANNA));
            assertEquals(ANNA, request.head().fields().first("Authorization"));
        }
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = agent(tunnel, "{\"allow\":[\"127.0.0.0/8\",\"::1\"]}")) {
            Frame.Req request = served(agent, ask(tunnel, tunnel, "Authorization", ANNA));
            assertEquals(ANNA, request.head().fields().first("Authorization"), "not checked here");
        }
    }

    @Test
    void addressesCountByTheTrustedHops() throws Exception {
        try (Tunnel tunnel = Tunnel.start(server -> server.trustedHops(1));
                BinaryAgent agent = agent(tunnel, "{\"allow\":[\"192.0.2.0/24\"]}")) {
            assertEquals("403 forbidden", code(answer(tunnel)));
            assertEquals("403 forbidden", code(answer(tunnel, "X-Forwarded-For", "198.51.100.1")));
            assertEquals(
                    "403 forbidden",
                    code(answer(tunnel, "X-Forwarded-For", "192.0.2.1, 198.51.100.1")),
                    "what the client says of itself");
            assertEquals("403 forbidden", code(answer(tunnel, "X-Forwarded-For", "unknown")));
            assertEquals("403 forbidden", code(answer(tunnel, "Cloudtunnel-Client", "192.0.2.1")));
            assertTrue(agent.isIdle());
            served(agent, ask(tunnel, tunnel, "X-Forwarded-For", "198.51.100.1, 192.0.2.1"));
        }
    }

    @Test
    void aTokenOfAnIssuerLetsIn() throws Exception {
        RSAKey key = Issuer.rsa("one");
        try (Issuer issuer = new Issuer(key.toPublicJWK());
                Tunnel tunnel = started(control -> control.jwksHosts(Set.of("127.0.0.1")));
                BinaryAgent agent =
                        agent(
                                tunnel,
                                "{\"jwt\":{\"issuer\":\"%s\",\"audience\":\"shop\",\"jwks\":\"%s\"}}"
                                        .formatted(issuer.name(), issuer.jwks()))) {
            HttpResponse<String> refused = answer(tunnel);
            assertEquals("401 unauthorized", code(refused));
            assertEquals(
                    "Bearer realm=\"tunnel\"",
                    refused.headers().firstValue("WWW-Authenticate").orElse(""));
            RSAKey other = Issuer.rsa("other");
            assertEquals(
                    "401 unauthorized",
                    code(answer(tunnel, "Authorization", "Bearer " + issuer.token(other))));
            served(agent, ask(tunnel, tunnel, "Authorization", "Bearer " + issuer.token(key)));
        }
    }

    /** An agent may not lead the server to its own network. */
    @Test
    void keysAtAPrivatePlaceAreNotFetched() throws Exception {
        RSAKey key = Issuer.rsa("one");
        try (Issuer issuer = new Issuer(key.toPublicJWK());
                Tunnel tunnel = Tunnel.start();
                BinaryAgent agent =
                        agent(
                                tunnel,
                                "{\"jwt\":{\"issuer\":\"%s\",\"jwks\":\"%s\"}}"
                                        .formatted(issuer.name(), issuer.jwks()))) {
            assertEquals(
                    "503 policy-unavailable",
                    code(answer(tunnel, "Authorization", "Bearer " + issuer.token(key))));
            assertTrue(agent.isIdle());
        }
    }

    private static Tunnel started(UnaryOperator<AccessControl.Builder> rules) throws Exception {
        AccessControl control = rules.apply(AccessControl.builder()).build();
        return Tunnel.start(server -> server.access(control));
    }

    @Test
    void anAgentCannotWidenWhatItsOperatorAllows() throws Exception {
        try (Tunnel tunnel = started(control -> control.policy(NOBODY));
                BinaryAgent agent = agent(tunnel, "{\"allow\":[\"0.0.0.0/0\",\"::/0\"]}")) {
            assertEquals("403 forbidden", code(answer(tunnel)));
            assertTrue(agent.isIdle());
        }
        try (Tunnel tunnel = started(control -> control.policy(BASIC));
                BinaryAgent agent = agent(tunnel, "{\"forward-credentials\":true}")) {
            assertEquals("401 unauthorized", code(answer(tunnel)));
            Frame.Req request = served(agent, ask(tunnel, tunnel, "Authorization", ANNA));
            assertNull(request.head().fields().first("Authorization"), "nor have them forwarded");
        }
    }

    @Test
    void bothPoliciesHaveToBeSatisfied() throws Exception {
        try (Tunnel tunnel = started(control -> control.policy(BASIC));
                BinaryAgent agent = agent(tunnel, NOBODY)) {
            assertEquals("401 unauthorized", code(answer(tunnel)));
            assertEquals("403 forbidden", code(answer(tunnel, "Authorization", ANNA)));
            assertTrue(agent.isIdle());
        }
    }

    /** JSON mode, too, is under the server's policy. */
    @Test
    void theServersPolicyHoldsForJsonMode() throws Exception {
        try (Tunnel tunnel = started(control -> control.policy(BASIC))) {
            tunnel.agent(request -> {
                assertEquals("", request.header("Authorization"));
                assertEquals("", request.header("Cloudtunnel-Client"));
                request.answer(200, request.body());
            });
            assertEquals("401 unauthorized", code(answer(tunnel)));
            assertEquals(200, answer(tunnel, "Authorization", ANNA).statusCode());
        }
    }

    @Test
    void aPolicyThatIsWrongLetsNobodyInAndEndsTheLink() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = agent(tunnel, "{\"alow\":[\"192.0.2.1\"]}")) {
            HttpResponse<String> answer = answer(tunnel);
            assertTrue(answer.statusCode() >= 500, code(answer));
            JdkAgent.Close close = agent.awaitClose();
            assertEquals(4000, close.code());
            assertTrue(close.reason().startsWith("policy: access: unknown key"), close.reason());
            assertTrue(agent.isIdle());
        }
    }

    @Test
    void aRequestThatWaitsForAnAgentIsCheckedWhenItComes() throws Exception {
        try (Tunnel tunnel = Tunnel.start(server -> server.bridgeTime(Duration.ofSeconds(5)))) {
            CompletableFuture<HttpResponse<String>> waiting = ask(tunnel, tunnel);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (tunnel.server.links().waiting() == 0) {
                assertTrue(System.nanoTime() < end && !waiting.isDone(), "it waits");
            }
            try (BinaryAgent agent = agent(tunnel, BASIC)) {
                assertEquals("401 unauthorized", code(waiting.get(20, TimeUnit.SECONDS)));
                assertTrue(agent.isIdle());
            }
        }
    }

    /** Of several agents the strictest counts, whichever link a request would go to. */
    @Test
    void anAgentWithoutAPolicyOpensNothingBesideOneThatHasOne() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent strict = agent(tunnel, tunnel, "strict", BASIC)) {
            try (BinaryAgent lax = agent(tunnel, tunnel, "lax", "")) {
                for (int i = 0; i < 10; i++) {
                    assertEquals("401 unauthorized", code(answer(tunnel)));
                }
                assertTrue(lax.isIdle() && strict.isIdle());
                served(lax, ask(tunnel, tunnel, "Authorization", ANNA)); // the younger one
            }
        }
    }

    private final MemoryEngine memory = new MemoryEngine();

    private Tunnel instance() throws Exception {
        Tunnel started =
                Tunnel.start(builder ->
                        builder.tunnelKey(KEY)
                                .bridgeTime(Duration.ofSeconds(3))
                                .engine(memory::engine));
        RelayTest.awaitReady(started.port());
        return started;
    }

    @Test
    void anotherInstanceServesNobodyWhoMayNot() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance();
                BinaryAgent agent = agent(owner, BASIC)) {
            HttpResponse<String> refused = ask(asked, owner).get(20, TimeUnit.SECONDS);
            assertEquals("401 unauthorized", code(refused));
            assertEquals(
                    "Basic realm=\"tunnel\", charset=\"UTF-8\"",
                    refused.headers().firstValue("WWW-Authenticate").orElse(""));
            assertTrue(refused.body().startsWith("unauthorized: "), refused.body());
            assertTrue(agent.isIdle());
            Frame.Req request = served(agent, ask(asked, owner, "Authorization", ANNA));
            assertNull(request.head().fields().first("Authorization"), "it is not forwarded");
        }
    }

    /** The owner sees the address that the other instance saw. */
    @Test
    void addressesAreKnownAtTheOtherInstance() throws Exception {
        try (Tunnel owner = instance();
                Tunnel asked = instance();
                BinaryAgent agent = agent(owner, NOBODY)) {
            assertEquals("403 forbidden", code(ask(asked, owner).get(20, TimeUnit.SECONDS)));
            assertEquals(
                    "403 forbidden",
                    code(
                            ask(asked, owner, "Cloudtunnel-Client", "192.0.2.1")
                                    .get(20, TimeUnit.SECONDS)),
                    "which a client cannot say");
            assertTrue(agent.isIdle());
        }
        try (Tunnel owner = instance();
                Tunnel asked = instance();
                BinaryAgent agent = agent(owner, "{\"allow\":[\"127.0.0.0/8\",\"::1\"]}")) {
            served(agent, ask(asked, owner));
        }
    }

    private static HttpResponse<String> limited(Tunnel tunnel, String limit) throws Exception {
        HttpResponse<String> answer = answer(tunnel);
        assertEquals("429 too-many-requests", code(answer));
        assertEquals(limit, answer.headers().firstValue("Cloudtunnel-Limit").orElse(""));
        assertTrue(answer.body().contains(limit), answer.body());
        int seconds = Integer.parseInt(answer.headers().firstValue("Retry-After").orElse("0"));
        assertTrue(seconds >= 1 && seconds <= 60, seconds + " s");
        return answer;
    }

    @Test
    void requestsPerSecondAreLimited() throws Exception {
        for (String of : List.of("tunnel", "client")) {
            RequestLimits limits = new RequestLimits(1, 0, 0);
            try (Tunnel tunnel =
                    started(control ->
                            of.equals("tunnel")
                                    ? control.tunnelLimits(limits)
                                    : control.clientLimits(limits))) {
                tunnel.agent(request -> request.answer(200, request.body()));
                int served = 0;
                while (served < 100 && answer(tunnel).statusCode() == 200) {
                    served++;
                }
                assertTrue(served >= 10 && served < 20, "a burst of 10: " + served);
                HttpResponse<String> ignored = limited(tunnel, of + "-rps");
            }
        }
    }

    @Test
    void requestsAtATimeAreLimited() throws Exception {
        try (Tunnel tunnel = started(control -> control.clientLimits(new RequestLimits(0, 2, 0)))) {
            try (BinaryAgent agent = agent(tunnel, "")) {
                List<CompletableFuture<HttpResponse<String>>> open = new ArrayList<>();
                List<Frame.Req> requests = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    open.add(ask(tunnel, tunnel));
                    requests.add(agent.next(Frame.Req.class));
                }
                HttpResponse<String> ignored = limited(tunnel, "client-concurrent");
                agent.answer(requests.getFirst().stream(), 204);
                assertEquals(204, open.getFirst().get(20, TimeUnit.SECONDS).statusCode());
                agent.answer(requests.getLast().stream(), 204);
                assertEquals(204, open.getLast().get(20, TimeUnit.SECONDS).statusCode());
                served(agent, ask(tunnel, tunnel));
            }
        }
    }

    /** What runs is paced, not broken off; what would wait for a second and more is refused. */
    @Test
    void bytesPerSecondAreLimited() throws Exception {
        try (Tunnel tunnel =
                started(control -> control.tunnelLimits(new RequestLimits(0, 0, 100_000)))) {
            tunnel.agent(request -> request.answer(200, new byte[300_000]));
            long began = System.nanoTime();
            assertEquals(300_000, answer(tunnel).body().length());
            double seconds = (System.nanoTime() - began) / 1e9;
            assertTrue(seconds > 1.8 && seconds < 6, "300 KB, of which 100 at once: " + seconds);
            CompletableFuture<HttpResponse<String>> running = ask(tunnel, tunnel);
            HttpResponse<String> next = answer(tunnel);
            while (next.statusCode() == 200 && !running.isDone()) {
                next = answer(tunnel);
            }
            assertEquals(200, running.get(20, TimeUnit.SECONDS).statusCode());
        }
    }

    /** Guessing ids costs what other requests cost, and the operator's policy comes first. */
    @Test
    void askingForTunnelsThatThereAreNotIsLimitedToo() throws Exception {
        RequestLimits limits = new RequestLimits(1, 0, 0);
        try (Tunnel tunnel = started(control -> control.clientLimits(limits))) {
            int unknown = 0;
            while (unknown < 100 && unknown(tunnel).equals("404 unknown-tunnel")) {
                unknown++;
            }
            assertTrue(unknown >= 10 && unknown < 20, "a burst of 10: " + unknown);
            assertEquals("429 too-many-requests", unknown(tunnel));
        }
        try (Tunnel tunnel = started(control -> control.policy(BASIC))) {
            assertEquals("401 unauthorized", unknown(tunnel));
        }
    }

    private static String unknown(Tunnel tunnel) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(tunnel.at("/pub/none/")).build();
        return code(tunnel.client.send(request, BodyHandlers.ofString()));
    }

    private static String upgrade(Tunnel tunnel, String more) {
        String head = "GET " + tunnel.path("/x") + " HTTP/1.1\r\nHost: localhost\r\n";
        return head + "Connection: Upgrade\r\nUpgrade: chat\r\n" + more + "\r\n";
    }

    /** A request for another protocol is a request. */
    @Test
    void upgradesAreGuardedAsWell() throws Exception {
        try (Tunnel tunnel = Tunnel.start();
                BinaryAgent agent = agent(tunnel, BASIC)) {
            try (RawClient client = tunnel.raw()) {
                client.send(upgrade(tunnel, ""));
                assertEquals(401, client.answer().status());
            }
            assertTrue(agent.isIdle());
            try (RawClient client = tunnel.raw()) {
                client.send(upgrade(tunnel, "Authorization: " + ANNA + "\r\n"));
                Frame.Req request = agent.next(Frame.Req.class);
                assertEquals("chat", request.head().fields().first("Upgrade"));
                assertNull(request.head().fields().first("Authorization"));
                agent.answer(request.stream(), 404);
                assertEquals(404, client.answer().status());
            }
        }
    }

    private static int connect(Tunnel tunnel, String... fields) throws Exception {
        try (RawClient client = tunnel.raw()) {
            client.send(
                    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nX-Tunnel-Id: "
                            + tunnel.id
                            + "\r\nAuthorization: Bearer "
                            + tunnel.secret
                            + "\r\n"
                            + String.join("\r\n", fields)
                            + (fields.length == 0 ? "\r\n" : "\r\n\r\n"));
            return client.answer().status();
        }
    }

    private static Tunnel forAgents(Tunnel registered, String policy) throws Exception {
        AccessControl control = AccessControl.builder().agents(policy).build();
        return Tunnel.start(registered, server -> server.tunnelKey(KEY).access(control));
    }

    private static int register(Tunnel tunnel, String... fields) throws Exception {
        try (RawClient client = tunnel.raw()) {
            return client.request("POST", "/register", fields).answer().status();
        }
    }

    @Test
    void agentsRegisterAndConnectFromWhereTheyMay() throws Exception {
        try (Tunnel open = Tunnel.start(server -> server.tunnelKey(KEY));
                Tunnel tunnel = forAgents(open, NOBODY)) {
            assertEquals(101, connect(open));
            assertEquals(403, connect(tunnel));
            assertEquals(403, register(tunnel));
        }
    }

    /** Beside its key and its secret. */
    @Test
    void agentsShowATokenWhereTheirOperatorWantsOne() throws Exception {
        RSAKey key = Issuer.rsa("one");
        try (Issuer issuer = new Issuer(key.toPublicJWK());
                Tunnel open = Tunnel.start(server -> server.tunnelKey(KEY));
                Tunnel tunnel =
                        forAgents(
                                open,
                                "{\"jwt\":{\"issuer\":\"%s\",\"audience\":\"shop\",\"jwks\":\"%s\"}}"
                                        .formatted(issuer.name(), issuer.jwks()))) {
            String field = "Cloudtunnel-Authorization: Bearer ";
            String forged = field + issuer.token(Issuer.rsa("one"));
            assertEquals(403, connect(tunnel));
            assertEquals(403, register(tunnel));
            assertEquals(403, connect(tunnel, forged));
            assertEquals(403, register(tunnel, forged));
            String right = field + issuer.token(key);
            assertEquals(403, connect(tunnel, right, right), "which one?");
            assertEquals(101, connect(tunnel, right));
            assertEquals(200, register(tunnel, right));
        }
    }
}
