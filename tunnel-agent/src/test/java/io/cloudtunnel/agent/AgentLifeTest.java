package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.RawTunnel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an agent registers, and with what, against a server that a test scripts. */
class AgentLifeTest {

    private static final String OURS = "Cloudtunnel-Protocols: json";
    private static final String BAD = "Cloudtunnel-Error: bad-credentials";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;
    private final Recorder recorder = new Recorder();
    private TestPace pace = new TestPace(100);

    private TunnelAgentBuilder builder(RawTunnel server) {
        return TunnelAgent.builder()
                .server("http://127.0.0.1:" + server.port())
                .local("http://127.0.0.1:1")
                .credentialsFile(directory.resolve("c.json"))
                .environment(Map.of())
                .listener(recorder)
                .pace(pace);
    }

    /** Opens the link and keeps it until the other side ends it. */
    private static void stays(int attempt, RawTunnel.Request request) throws Exception {
        request.upgrade("");
        request.awaitClose();
    }

    private static RawTunnel.Request last(RawTunnel server) {
        return List.copyOf(server.requests()).getLast();
    }

    @Test
    void aPublishedServerGetsThePublishedForm() throws Exception {
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("a%2Fb"), AgentLifeTest::stays);
                TunnelAgent agent = builder(server).apiKey("key").start()) {
            assertTrue(agent.awaitConnected(SOON));
            RawTunnel.Request register = server.requests().element();
            assertEquals("POST /register HTTP/1.1", register.line());
            assertTrue(register.has("Authorization: Bearer key"), register::head);
            assertEquals("", register.body());
            RawTunnel.Request dial = last(server);
            assertEquals("GET /ws?id=a%252Fb&secret=secret-a%252Fb HTTP/1.1", dial.line());
            assertFalse(dial.has("Authorization"), dial::head);
            assertFalse(dial.has("X-Tunnel-Id"), dial::head);
            assertFalse(dial.has("Sec-WebSocket-Protocol"), dial::head);
            assertFalse(dial.has("Sec-WebSocket-Extensions"), dial::head);
            assertEquals(List.of("url http://public/a%2Fb"), recorder.urls());
            assertEquals("http://public/a%2Fb", agent.publicUrl());
        }
        assertEquals(
                List.of("REGISTERING", "CONNECTED", "STOPPING", "STOPPED"),
                recorder.told().stream()
                        .filter(each -> !each.contains(" ") && !each.equals("CONNECTING"))
                        .toList());
    }

    @Test
    void oursGetsCredentialsInFieldsAndTheBasePathStays() throws Exception {
        try (RawTunnel server =
                        new RawTunnel(RawTunnel.registers("one", OURS), AgentLifeTest::stays);
                TunnelAgent agent =
                        builder(server)
                                .server("http://127.0.0.1:" + server.port() + "/base/")
                                .start()) {
            assertTrue(agent.awaitConnected(SOON));
            assertEquals("POST /base/register HTTP/1.1", server.requests().element().line());
            RawTunnel.Request dial = last(server);
            assertEquals("GET /base/ws HTTP/1.1", dial.line());
            assertTrue(dial.has("Authorization: Bearer secret-one"), dial::head);
            assertTrue(dial.has("X-Tunnel-Id: one"), dial::head);
            assertFalse(dial.has("Sec-WebSocket-Protocol"), dial::head);
        }
    }

    /** Only a server that knows what to do with it is asked for a name. */
    @Test
    void oursIsAskedForTheName() throws Exception {
        try (RawTunnel server =
                new RawTunnel(RawTunnel.registers("shop", OURS), AgentLifeTest::stays)) {
            server.speaks(OURS);
            try (TunnelAgent agent = builder(server).name("shop").start()) {
                assertTrue(agent.awaitConnected(SOON));
            }
            assertEquals(1, server.questions());
            assertEquals("{\"name\":\"shop\"}", registration(server).body());
        }
    }

    @Test
    void noOtherServerIsAndNoneForWhatIsNoName() throws Exception {
        try (RawTunnel published = new RawTunnel(RawTunnel.registers("one"), AgentLifeTest::stays);
                RawTunnel ours =
                        new RawTunnel(RawTunnel.registers("one", OURS), AgentLifeTest::stays)) {
            ours.speaks(OURS);
            try (TunnelAgent first = builder(published).name("shop").start();
                    TunnelAgent second = builder(ours).name("My shop").start()) {
                assertTrue(first.awaitConnected(SOON));
                assertTrue(second.awaitConnected(SOON));
            }
            assertEquals("", registration(published).body());
            assertEquals("", registration(ours).body());
        }
    }

    private static RawTunnel.Request registration(RawTunnel server) {
        return server.requests().stream()
                .filter(request -> request.line().startsWith("POST "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theTunnelSurvivesARestart() throws Exception {
        try (RawTunnel server =
                new RawTunnel(RawTunnel.registers("one", OURS), AgentLifeTest::stays)) {
            for (int i = 0; i < 2; i++) {
                try (TunnelAgent agent = builder(server).start()) {
                    assertTrue(agent.awaitConnected(SOON));
                }
            }
            assertEquals(1, server.registrations());
            assertEquals(
                    List.of("url http://public/one", "url http://public/one"), recorder.urls());
        }
    }

    @Test
    void threeRefusalsOfTheCredentialsRegisterAnewWithTheOldPair() throws Exception {
        CountDownLatch changed = new CountDownLatch(1);
        RawTunnel.Answer register =
                (attempt, request) -> {
                    if (attempt == 2) {
                        assertEquals(
                                "{\"id\":\"one\",\"secret\":\"secret-one\"}",
                                sorted(request.body()));
                        changed.countDown();
                    }
                    RawTunnel.registers(attempt == 1 ? "one" : "two", OURS).run(attempt, request);
                };
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    if (attempt <= 3) {
                        request.answer(401, "no", BAD);
                    } else {
                        stays(attempt, request);
                    }
                };
        try (RawTunnel server = new RawTunnel(register, dial);
                TunnelAgent agent = builder(server).start()) {
            changed.await();
            assertTrue(agent.awaitConnected(SOON));
            assertEquals(2, server.registrations());
            assertEquals(4, server.dials());
            assertEquals("http://public/two", agent.publicUrl());
        }
        String file = Files.readString(directory.resolve("c.json"));
        assertTrue(file.contains("secret-two") && file.contains("secret-one"), file);
    }

    private static String sorted(String pair) {
        return pair.startsWith("{\"secret\"")
                ? pair.replaceFirst("\\{(.*),(.*)}", "{$2,$1}")
                : pair;
    }

    @Test
    void aChangedUrlOfARestartIsTold() throws Exception {
        RawTunnel.Answer register =
                (attempt, request) ->
                        RawTunnel.registers(attempt == 1 ? "one" : "two", OURS)
                                .run(attempt, request);
        RawTunnel.Answer dial =
                (attempt, request) -> {
                    if (attempt == 1 || attempt > 4) {
                        stays(attempt, request);
                    } else {
                        request.answer(401, "no", BAD);
                    }
                };
        try (RawTunnel server = new RawTunnel(register, dial)) {
            for (int i = 0; i < 2; i++) {
                try (TunnelAgent agent = builder(server).start()) {
                    assertTrue(agent.awaitConnected(SOON));
                }
            }
        }
        assertEquals(
                List.of("url http://public/one", "changed http://public/one http://public/two"),
                recorder.urls());
    }

    @Test
    void aFrontEndsRefusalsAreNoReason() throws Exception {
        pace = new TestPace(12);
        int[] statuses = {401, 403, 404, 400, 500};
        RawTunnel.Answer dial =
                (attempt, request) -> request.answer(statuses[attempt % 5], "front end");
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("one", OURS), dial);
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(1, server.registrations());
            assertEquals(AgentState.WAITING, agent.state());
        }
    }

    @Test
    void atAPublishedServerAnyRefusalOfTheCredentialsCounts() throws Exception {
        CountDownLatch again = new CountDownLatch(2);
        RawTunnel.Answer register =
                (attempt, request) -> {
                    again.countDown();
                    assertEquals("", request.body());
                    RawTunnel.registers("one").run(attempt, request);
                };
        try (RawTunnel server =
                        new RawTunnel(register, (attempt, request) -> request.answer(401, "no"));
                TunnelAgent agent = builder(server).start()) {
            again.await();
            assertFalse(agent.state().isFinal());
        }
    }

    @Test
    void whatWasGivenByHandIsNeverReplaced() throws Exception {
        pace = new TestPace(6);
        try (RawTunnel server =
                        new RawTunnel(
                                RawTunnel.registers("other"),
                                (attempt, request) -> request.answer(401, "no", BAD));
                TunnelAgent agent = builder(server).credentials("mine", "s").start()) {
            pace.awaitSpent();
            assertEquals(0, server.registrations());
            assertEquals(List.of(30L, 30L, 30L, 30L, 30L, 30L), seconds());
            assertEquals(AgentState.WAITING, agent.state());
            assertFalse(Files.exists(directory.resolve("c.json")));
        }
    }

    @Test
    void aGivenIdentityAsksOnceWhatItsServerSpeaks() throws Exception {
        try (RawTunnel server =
                new RawTunnel(
                        RawTunnel.registers("other"),
                        (attempt, request) -> request.answer(503, "no"))) {
            server.speaks("Cloudtunnel-Protocols: cloudtunnel.v1");
            try (TunnelAgent agent = builder(server).credentials("mine", "s3cr3t").start()) {
                pace.awaitSpent();
                assertEquals(AgentState.WAITING, agent.state());
            }
            assertEquals(1, server.questions());
            assertEquals(0, server.registrations());
            for (RawTunnel.Request each : server.requests()) {
                String head = each.head();
                assertFalse(head.lines().findFirst().orElse("").contains("s3cr3t"), head);
                if (head.startsWith("GET /ws")) {
                    assertTrue(head.contains("Sec-WebSocket-Protocol: cloudtunnel.v1"), head);
                } else {
                    assertFalse(head.contains("s3cr3t"), "it is not known yet who asks for it");
                }
            }
        }
    }

    @Test
    void aServerThatDoesNotSayWhatItSpeaksGetsThePublishedHandshake() throws Exception {
        try (RawTunnel server =
                new RawTunnel(
                        RawTunnel.registers("other"),
                        (attempt, request) -> request.answer(503, "no"))) {
            try (TunnelAgent agent = builder(server).credentials("mine", "s3cr3t").start()) {
                pace.awaitSpent();
                assertEquals(AgentState.WAITING, agent.state());
            }
            assertEquals(server.dials(), server.questions(), "asked again before each");
            assertTrue(
                    server.requests().stream()
                            .map(RawTunnel.Request::head)
                            .filter(head -> head.startsWith("GET /ws"))
                            .allMatch(head ->
                                    head.startsWith("GET /ws?id=mine&secret=s3cr3t ")
                                            && !head.contains("Sec-WebSocket-Protocol")));
        }
    }

    /** Else the secret would be shown in a URL, and for good. */
    @ParameterizedTest
    @ValueSource(ints = {302, 401, 403, 429, 500, 501, 503, 521})
    void whatMayComeFromOthersSaysNothingOfTheServer(int status) throws Exception {
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("other"), AgentLifeTest::stays)) {
            server.answersQuestionsWith(status);
            try (TunnelAgent agent = builder(server).credentials("mine", "s3cr3t").start()) {
                pace.awaitSpent();
                assertEquals(AgentState.WAITING, agent.state());
            }
            assertEquals(0, server.dials());
        }
    }

    @Test
    void aServerThatTurnsOutToBeOneOfOursIsAskedAgain() throws Exception {
        AtomicReference<RawTunnel> itself = new AtomicReference<>();
        try (RawTunnel server =
                new RawTunnel(
                        RawTunnel.registers("other"),
                        (attempt, request) -> {
                            Objects.requireNonNull(itself.get())
                                    .speaks("Cloudtunnel-Protocols: json");
                            request.upgrade("", "Cloudtunnel-Instance: one");
                            request.awaitClose();
                        })) {
            itself.set(server);
            try (TunnelAgent agent = builder(server).credentials("mine", "s3cr3t").start()) {
                while (server.dials() < 2) {
                    Thread.onSpinWait();
                }
                assertTrue(agent.awaitConnected(SOON));
                assertEquals(2, server.questions());
                assertTrue(last(server).has("Authorization: Bearer s3cr3t"), last(server)::head);
                assertEquals("GET /ws HTTP/1.1", last(server).line());
            }
        }
    }

    /** Errors, too, which are no exceptions: the agent goes on, and connects. */
    @Test
    void whateverAListenerThrowsTheAgentGoesOn() throws Exception {
        AgentListener broken =
                new AgentListener() {
                    @Override
                    public void stateChanged(AgentState state, String detail) {
                        throw new IllegalStateException("a listener's");
                    }

                    @Override
                    public void publicUrl(String url) {
                        throw new AssertionError("a listener's");
                    }
                };
        try (RawTunnel server = new RawTunnel(RawTunnel.registers("a"), AgentLifeTest::stays);
                TunnelAgent agent = builder(server).listener(broken).start()) {
            assertTrue(agent.awaitConnected(SOON));
        }
    }

    private List<Long> seconds() {
        return pace.waits().stream().map(TimeUnit.NANOSECONDS::toSeconds).toList();
    }

    @Test
    void aFinalRefusalEndsItWithTheServersText() throws Exception {
        try (RawTunnel server =
                        new RawTunnel(
                                (attempt, request) ->
                                        request.answer(
                                                403,
                                                "Start the server with API_KEYS=...",
                                                "Cloudtunnel-Error: registration-closed"),
                                AgentLifeTest::stays);
                TunnelAgent agent = builder(server).start()) {
            assertEquals(AgentState.FAILED, agent.awaitEnd());
            assertTrue(
                    String.valueOf(agent.failure()).contains("Start the server with API_KEYS="),
                    agent::failure);
            assertEquals(0, server.dials());
        }
        assertEquals("FAILED", recorder.told().getLast());
    }

    @Test
    void anothersRefusalToRegisterDoesNot() throws Exception {
        pace = new TestPace(5);
        try (RawTunnel server =
                        new RawTunnel(
                                (attempt, request) -> request.answer(403 + attempt % 2, "WAF"),
                                AgentLifeTest::stays);
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(AgentState.WAITING, agent.state());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "not json",
                "{}",
                "{\"id\":\"a\",\"secret\":\"b\"}",
                "{\"id\":\"a\",\"secret\":\"\",\"public_url\":\"http://x\"}",
                "{\"id\":\"a b\",\"secret\":\"c\",\"public_url\":\"http://x\"}",
                "{\"id\":\"a\",\"secret\":\"c\",\"public_url\":\"http://x\\n\"}",
            })
    void anAnswerThatIsNoneIsTriedAgain(String body) throws Exception {
        pace = new TestPace(2);
        try (RawTunnel server =
                        new RawTunnel(
                                (attempt, request) -> request.answer(200, body),
                                AgentLifeTest::stays);
                TunnelAgent agent = builder(server).start()) {
            pace.awaitSpent();
            assertEquals(0, server.dials());
            assertEquals(AgentState.WAITING, agent.state());
        }
    }
}
