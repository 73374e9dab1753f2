package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are over before their body is: the client gets its answer, and then the end. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnfinishedUploadsTest {

    private static final int LARGE = 48 * 1024;

    /** What lasts longer has waited for the client, which waits for the server. */
    private static final long SOON = TimeUnit.SECONDS.toNanos(5);

    private Tunnel tunnel;
    private BinaryAgent agent;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
        agent = new BinaryAgent(tunnel, "a", false);
    }

    @AfterEach
    void stop() {
        agent.close();
        tunnel.close();
    }

    /** Sends the head of an upload that waits for a 100, and returns its stream. */
    private int upload(RawClient client) throws Exception {
        client.request("POST", tunnel.path("/"), "Content-Length: 100000", "Expect: 100-continue");
        return agent.next(Frame.Req.class).stream();
    }

    private static void assertFails(int status, String code, long since, RawClient client)
            throws Exception {
        RawClient.Answer answer = client.answer();
        assertTrue(System.nanoTime() - since < SOON, "at once");
        assertEquals(status, answer.status(), answer.text());
        assertEquals(code, answer.first("Cloudtunnel-Error"));
        assertEquals("close", answer.first("Connection"));
        assertEquals(-1, client.read(), "it ends, and is not reset");
    }

    @ParameterizedTest
    @CsvSource({
        "LOCAL_BROKEN, 502, local-broken",
        "LOCAL_MALFORMED, 502, local-malformed",
        "LOCAL_TIMEOUT, 504, local-timeout"
    })
    void aClientThatWaitsGetsTheError(Reason reason, int status, String code) throws Exception {
        try (RawClient client = tunnel.raw()) {
            int stream = upload(client);
            long since = System.nanoTime();
            agent.send(new Frame.Reset(stream, reason, "no"));
            assertFails(status, code, since, client);
        }
    }

    /** There is no other link that it could be tried on. */
    @ParameterizedTest
    @CsvSource({
        "LOCAL_UNREACHABLE, 502, local-unreachable",
        "TOO_MANY_STREAMS, 503, too-many-streams",
        "OUT_OF_BUDGET, 503, out-of-budget",
        "DRAINING, 502, agent-not-connected"
    })
    void aClientThatWaitsGetsTheRefusal(Reason reason, int status, String code) throws Exception {
        try (RawClient client = tunnel.raw()) {
            int stream = upload(client);
            long since = System.nanoTime();
            agent.send(new Frame.Refused(stream, reason, "no"));
            assertFails(status, code, since, client);
        }
    }

    @Test
    void aClientThatPausesIsServedByAnotherAgent() throws Exception {
        try (BinaryAgent other = new BinaryAgent(tunnel, "b", false);
                RawClient client = tunnel.raw()) {
            client.request("POST", tunnel.path("/"), "Content-Length: 100000");
            client.send("some of it");
            BinaryAgent one = agent.isIdle() ? other : agent;
            BinaryAgent next = one == agent ? other : agent;
            int stream = one.next(Frame.ReqChunk.class).stream();
            one.send(new Frame.Refused(stream, Reason.LOCAL_UNREACHABLE, "no"));
            int again = next.next(Frame.Req.class).stream();
            assertEquals("some of it", next.next(Frame.ReqChunk.class).data().utf8());
            client.send(", and more");
            assertEquals(", and more", next.next(Frame.ReqChunk.class).data().utf8());
            next.answer(again, 204);
            assertEquals(204, client.answer().status());
        }
    }

    @Test
    void aClientThatWaitsLearnsThatTheLinkIsLost() throws Exception {
        try (RawClient client = tunnel.raw()) {
            int ignored = upload(client);
            long since = System.nanoTime();
            agent.cut();
            assertFails(502, "outcome-unknown", since, client);
        }
    }

    /** It goes on while the answer is on its way, and after it. */
    @Test
    void aClientThatSendsInPiecesGetsTheError() throws Exception {
        try (RawClient client = tunnel.raw()) {
            int stream = upload(client);
            client.send("some of it");
            Bytes piece = agent.next(Frame.ReqChunk.class).data();
            assertEquals("some of it", piece.utf8());
            long since = System.nanoTime();
            agent.send(new Frame.Reset(stream, Reason.LOCAL_BROKEN, "no"));
            client.send("more");
            assertFails(502, "local-broken", since, client);
        }
    }

    /** Then the connection has been closed, with most of the answer still to be sent. */
    @Test
    void aLargeEarlyAnswerReachesASlowReader() throws Exception {
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(4096);
        narrow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tunnel.port()));
        try (LogCapture log = new LogCapture();
                RawClient client = new RawClient(narrow)) {
            int stream = upload(client);
            Fields length = Fields.of("Content-Length", Integer.toString(LARGE));
            agent.send(new Frame.Resp(stream, new ResponseHead(413, length), false));
            agent.send(new Frame.RespChunk(stream, Bytes.wrap(new byte[LARGE]), true, null));
            assertTrue(log.await("status=413", Duration.ofSeconds(10)), log.text());
            RawClient.Answer answer = client.answer();
            assertEquals(LARGE, answer.body().length());
            assertEquals("close", answer.first("Connection"));
            assertEquals(-1, client.read(), "it ends, and is not reset");
        }
    }
}
