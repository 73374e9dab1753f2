package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What cannot be understood in one way only is refused: a 4xx that says why and a closed
 * connection, nothing of it at the local service, and a server that lives on.
 */
@Timeout(120)
class BadInputIT {

    private static final Case GOOD = Case.of("good", Case.start("GET", "/good") + "\r\n", Case.OK);

    /** Beyond any memory here. */
    private static final String HUGE_CHUNK = "FFFFFFFFF\r\n";

    private static final Exchanger EXCHANGER = new Exchanger();
    private static final BlockingQueue<Integer> TAKEN = new LinkedBlockingQueue<>();
    private static Ways ways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ways = Ways.start(folder, BadInputIT::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        ways.close();
    }

    private static void serve(RawService.Call call) throws Exception {
        if (!call.head().target().equals("/huge")) {
            EXCHANGER.serve(call);
            return;
        }
        byte[] piece = new byte[64 * 1024];
        var body = call.wire().body(call.head(), false);
        int count = body.read(piece);
        while (count >= 0) {
            TAKEN.add(count);
            count = body.read(piece);
        }
    }

    @TestFactory
    Stream<DynamicTest> refuses() {
        List<Way> servers = List.of(Way.BINARY, Way.EMBEDDED, Way.JSON, Way.RELAYED);
        return BadInput.all().stream()
                .flatMap(bad ->
                        servers.stream()
                                .map(way ->
                                        dynamicTest(
                                                bad.name() + ": " + way, () -> refuse(bad, way))));
    }

    private static void refuse(BadInput bad, Way way) throws Exception {
        Rig rig = ways.rig(way);
        EXCHANGER.begin(GOOD);
        int before = rig.local().requests();
        try (Wire client = ways.connect(way)) {
            client.send(bad.requestAt(ways.base(way)));
            client.send(GOOD.requestAt(ways.base(way)));
            Wire.Head answer = client.readAnswer();
            int status = answer.status();
            assertTrue((status >= 400 && status < 500) || status == 501, answer.start());
            assertFalse(answer.first("Cloudtunnel-Error").isEmpty(), "it is the server's answer");
            assertFalse(client.text(answer).isEmpty(), "it says why");
            assertNull(client.readHead(), "nothing else is answered");
        }
        if (!bad.inBody()) {
            assertEquals(before, rig.local().requests(), "requests that reached the service");
        }
        assertFalse(EXCHANGER.hasArrived(), "no whole request reached the service");
        try (Wire client = ways.connect(way)) {
            EXCHANGER.run(GOOD, client, ways.base(way));
        }
    }

    /** All requests on the listener pass the same checks. */
    @TestFactory
    Stream<DynamicTest> refusesOnBehalfOfTheApplication() {
        return BadInput.all().stream()
                .filter(bad -> !bad.inBody() && !bad.name().startsWith("target "))
                .map(bad -> dynamicTest(bad.name(), () -> refuseOnBehalfOfTheApplication(bad)));
    }

    private static void refuseOnBehalfOfTheApplication(BadInput bad) throws Exception {
        int before = Ways.REQUESTS_BELOW.get();
        try (Wire client = ways.connect(Way.EMBEDDED)) {
            client.send(bad.requestAt("/below"));
            client.send(GOOD.requestAt("/below"));
            Wire.Head answer = client.readAnswer();
            assertTrue(answer.status() >= 400 && answer.status() <= 501, answer.start());
            client.text(answer);
            assertNull(client.readHead(), "nothing else is answered");
        }
        assertEquals(before, Ways.REQUESTS_BELOW.get(), "requests that reached the application");
        try (Wire client = ways.connect(Way.EMBEDDED)) {
            client.send(GOOD.requestAt("/below"));
            assertEquals(Ways.OWN, client.text(client.readAnswer()));
        }
    }

    /** A chunk is passed on as it comes, and costs what has come of it. */
    @ParameterizedTest
    @EnumSource(names = {"BINARY", "EMBEDDED"})
    void aHugeChunkIsPassedOnAsItComes(Way way) throws Exception {
        TAKEN.clear();
        byte[] piece = new byte[100_000];
        try (Wire client = huge(way)) {
            for (int i = 0; i < 50; i++) {
                client.send(piece);
                int left = piece.length;
                while (left > 0) {
                    Integer count = TAKEN.poll(10, TimeUnit.SECONDS);
                    assertTrue(count != null, "what was sent has arrived before more is sent");
                    left -= count;
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "JSON")
    void aHugeChunkReachesTheLimitOfJsonMode(Way way) throws Exception {
        try (Wire client = huge(way)) {
            client.send(new byte[Ways.JSON_BODY_BYTES + 1]);
            Wire.Head answer = client.readAnswer();
            assertEquals(
                    "413 body-too-large",
                    answer.status() + " " + answer.first("Cloudtunnel-Error"));
        }
    }

    private static Wire huge(Way way) throws Exception {
        Wire client = ways.connect(way);
        String head = Case.start("POST", "/huge") + "Transfer-Encoding: chunked\r\n\r\n";
        return client.send(head.replace(Case.BASE, ways.base(way)) + HUGE_CHUNK);
    }
}
