package io.cloudtunnel.it.cloudrun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.it.Content;
import io.cloudtunnel.it.RawService;
import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The front end is as hard as the platform's. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrontEndIT {

    private static final long MORE = Passage.LARGEST + 1;

    private RawService process;
    private FrontEnd frontEnd;
    private final Instance instance = new Instance("one", 0);
    private final CountDownLatch never = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        process = new RawService(this::handle);
        frontEnd = frontEnd(Duration.ofSeconds(30));
    }

    private FrontEnd frontEnd(Duration limit) throws IOException {
        FrontEnd made = new FrontEnd(limit);
        made.route(new Instance("one", process.port()));
        return made;
    }

    @AfterEach
    void stop() throws IOException {
        never.countDown();
        frontEnd.close();
        process.close();
    }

    private void handle(RawService.Call call) throws Exception {
        String target = call.head().target();
        if (target.equals("/never")) {
            never.await();
        } else if (target.equals("/chunked")) {
            call.wire().head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
            Content.write(MORE, call.wire()::chunk);
            call.wire().lastChunk();
        } else if (target.startsWith("/length/")) {
            call.wire().head("HTTP/1.1 200 OK", "Content-Length: " + target.substring(8));
        } else if (target.equals("/switch")) {
            call.wire().head("HTTP/1.1 101 Switching Protocols", "Upgrade: raw", "Connection: x");
            call.wire().send("raw");
            never.await();
        } else {
            Content.Seen seen = Content.read(call.body());
            call.answer(200, seen.length() + " for " + call.head().all("X-Forwarded-For"));
        }
    }

    private Wire ask(String... lines) throws IOException {
        return Wire.to(frontEnd.port()).head(lines);
    }

    @Test
    void itPassesOnAndSaysForWhom() throws Exception {
        try (Wire client = ask("GET / HTTP/1.1", "Host: x", "X-Forwarded-For: 1.2.3.4")) {
            Wire.Head answer = client.readAnswer();
            assertEquals("0 for [1.2.3.4, 127.0.0.1]", client.text(answer));
            client.head("GET / HTTP/1.1", "Host: x");
            assertEquals("0 for [127.0.0.1]", client.text(client.readAnswer()));
        }
    }

    @Test
    void largeRequestsAreRefused() throws Exception {
        try (Wire client = ask("POST / HTTP/1.1", "Host: x", "Content-Length: " + MORE)) {
            assertEquals(413, client.readAnswer().status());
        }
        try (Wire client = ask("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")) {
            Content.write(MORE, client::chunk);
            assertEquals(413, client.readAnswer().status());
        }
    }

    @Test
    void largeAnswersAreRefusedUnlessTheyAreChunked() throws Exception {
        try (Wire client = ask("GET /length/" + MORE + " HTTP/1.1", "Host: x")) {
            assertEquals(500, client.readAnswer().status());
        }
        try (Wire client = ask("GET /chunked HTTP/1.1", "Host: x")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(MORE, Content.read(client.body(answer, false)).length());
        }
    }

    @Test
    void whatTakesTooLongIsReset() throws Exception {
        frontEnd.close();
        frontEnd = frontEnd(Duration.ofSeconds(1));
        long began = System.nanoTime();
        try (Wire client = ask("GET /never HTTP/1.1", "Host: x")) {
            assertThrows(IOException.class, client::readAnswer);
        }
        try (Wire client = ask("GET /switch HTTP/1.1", "Host: x", "Upgrade: raw")) {
            assertEquals(101, client.readAnswer().status());
            assertEquals("raw", new String(client.rest().readNBytes(3), StandardCharsets.US_ASCII));
            assertThrows(IOException.class, client.rest()::read);
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis >= 2000 && millis < 6000, millis + " ms");
    }

    @Test
    void requestsWaitForAProcessThatListens() throws Exception {
        try (RawService other = new RawService(this::handle)) {
            frontEnd.route(new Instance("gone", portOfNobody()));
            try (Wire client = ask("GET / HTTP/1.1", "Host: x", Ledger.FIELD + ": 7")) {
                assertEquals("no process", frontEnd.ledger().where(7));
                frontEnd.route(new Instance("two", other.port()));
                assertEquals(200, client.readAnswer().status());
                assertEquals("two", frontEnd.ledger().where(7));
            }
        }
    }

    /** While another one listens already, which could get it else. */
    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void onlyWhatAKilledProcessHadIsExcused() throws Exception {
        Ledger ledger = new Ledger();
        Wire.Head first = head("1");
        Wire.Head second = head("2");
        ledger.passed(first, instance);
        ledger.passed(second, instance);
        ledger.ended(first);
        instance.killed();
        ledger.ended(second);
        assertTrue(!ledger.isExcused(1) && ledger.isExcused(2) && !ledger.isExcused(3));
    }

    private static Wire.Head head(String number) {
        return new Wire.Head("GET / HTTP/1.1", List.of(Ledger.FIELD + ": " + number));
    }
}
