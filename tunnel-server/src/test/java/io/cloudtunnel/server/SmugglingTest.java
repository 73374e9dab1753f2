package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that two readers could understand in two ways: nothing of them may go on. */
class SmugglingTest {

    private Tunnel tunnel;
    private JdkAgent agent;

    @BeforeEach
    void start() throws Exception {
        tunnel = Tunnel.start();
        agent = tunnel.agent();
    }

    @AfterEach
    void stop() {
        tunnel.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5|Transfer-Encoding: chunked||0||",
                "Transfer-Encoding: chunked|Content-Length: 5||0||",
                "Content-Length: 5|Content-Length: 6||hello!",
                "Content-Length: 5|Content-Length: 5||hello",
                "Content-Length: 5, 5||hello",
                "Content-Length: +5||hello",
                "Content-Length: -5||hello",
                "Content-Length: 0x5||hello",
                "Content-Length: 5 5||hello",
                "Content-Length: ||hello",
                "Content-Length: 99999999999999999999||hello",
                "Transfer-Encoding: xchunked||0||",
                "Transfer-Encoding: chunked, identity||0||",
                "Transfer-Encoding: gzip, chunked||0||",
                "Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||",
                "Transfer-Encoding: identity|Content-Length: 5||hello",
                "Transfer-Encoding: ||0||",
                "Transfer-Encoding : chunked||0||",
                "Transfer-Encoding: chunked||x||",
                "Transfer-Encoding: chunked||-1||",
                "Transfer-Encoding: chunked||5|helloX||0||",
                "Content-Length : 5||hello",
                " Content-Length: 5||hello",
                "X-A: 1| folded||",
                "X A: 1||",
                "X-A: a\u0000b||",
                "X-A: a\rContent-Length: 5||",
                "X-A\u0001: a||",
                ": a||",
                "no colon||"
            })
    void aBodyThatCanBeReadInTwoWays(String message) throws Exception {
        assertRefused("POST " + tunnel.path("/") + " HTTP/1.1|Host: localhost|" + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-A: 1||",
                "Host: a|Host: b||",
                "Host: ||",
                "Host: a b||",
                "Host: a@b||",
                "Host: a/b||",
                "Host: a,b||",
                "Host: a:b||"
            })
    void aHostThatIsNone(String message) throws Exception {
        assertRefused("GET " + tunnel.path("/") + " HTTP/1.1|" + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  PATH HTTP/1.1",
                "GET PATH  HTTP/1.1",
                "GET PATH a HTTP/1.1",
                "GET PATH\u0001 HTTP/1.1",
                "GET PATH?a\u007f HTTP/1.1",
                "GET PATH\t HTTP/1.1",
                "G@T PATH HTTP/1.1",
                "G\"T PATH HTTP/1.1",
                "GET PATH HTTP/1.2",
                "GET PATH HTTP/2.0",
                "GET PATH http/1.1",
                "GET /pub/%zz/ HTTP/1.1",
                "GET /pub/abc%2/x HTTP/1.1",
                "GET PATH"
            })
    void aRequestLineThatIsNone(String line) throws Exception {
        assertRefused(line.replace("PATH", tunnel.path("/")) + "|Host: localhost||");
    }

    /** Sends the message and a request behind it: an error, a closed connection, no forwarding. */
    private void assertRefused(String message) throws IOException {
        try (RawClient client = tunnel.raw()) {
            client.send(message.replace("|", "\r\n"));
            client.send("GET " + tunnel.path("/smuggled") + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            int status;
            try {
                status = client.answer().status();
            } catch (IOException e) {
                status = 400; // closed without a word, which is as good
            }
            assertTrue(status >= 400, "" + status);
            assertTrue(client.closedByServer(), "the connection goes on");
        }
        assertEquals(0, agent.waiting(), "something was forwarded");
    }
}
