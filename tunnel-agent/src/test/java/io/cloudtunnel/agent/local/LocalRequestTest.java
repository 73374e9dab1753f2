package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the local service gets, byte for byte. */
class LocalRequestTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static ScriptedPeer recorder(CompletableFuture<String> head) throws Exception {
        return new ScriptedPeer(c -> {
            head.complete(c.head());
            c.write(OK);
            c.drain();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2Fb//c;x?y=%7b|{}",
                "//evil.example/x",
                "/?",
                "/\u00e4?\u00ff",
                "/a/../b",
                "/http://evil.example/",
            })
    void targetsGoAsTheyCame(String target) throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer = recorder(head);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.get(target);
            assertEquals(
                    "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + peer.port() + "\r\n\r\n",
                    head.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void fieldsKeepOrderCaseAndDuplicates() throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer = recorder(head);
                LocalFixture local = new LocalFixture(peer.url())) {
            Fields fields =
                    Fields.of(
                            "b",
                            "1",
                            "Host",
                            "public.example",
                            "A",
                            "2",
                            "B",
                            "3",
                            "Connection",
                            "x-hop",
                            "X-Hop",
                            "1",
                            "Accept-Encoding",
                            "br");
            local.call("POST", "/", fields, "xyz");
            assertEquals(
                    "POST / HTTP/1.1\r\nb: 1\r\nHost: 127.0.0.1:"
                            + peer.port()
                            + "\r\nA: 2\r\nB: 3\r\nAccept-Encoding: br\r\nContent-Length:"
                            + " 3\r\n\r\n",
                    head.get(5, TimeUnit.SECONDS));
        }
    }

    /** A service may send trailers only to whom takes them (RFC 9110, section 10.1.4). */
    @Test
    void aClientThatTakesTrailersIsToldOfOnThisHop() throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer = recorder(head);
                LocalFixture local = new LocalFixture(peer.url())) {
            local.call("GET", "/", Fields.of("TE", "trailers", "A", "1"), "");
            assertEquals(
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                            + peer.port()
                            + "\r\nA: 1\r\nConnection: TE\r\nTE: trailers\r\n\r\n",
                    head.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void anUnknownLengthIsChunkedWithTrailers() throws Exception {
        CompletableFuture<String> all = new CompletableFuture<>();
        String body = "3\r\nxyz\r\n0\r\nT: v\r\n\r\n";
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            String head = c.head();
                            all.complete(head + c.bytes(body.length()));
                            c.write(OK);
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange =
                    local.service()
                            .open(
                                    RequestHead.of("POST", "/", Fields.of("Content-Length", "77")),
                                    Exchange.UNKNOWN_LENGTH);
            exchange.send(Bytes.latin1("xyz"));
            exchange.endRequest(Fields.of("T", "v", "Host", "evil.example"));
            assertEquals(200, LocalFixture.answer(exchange).status());
            assertEquals(
                    "POST / HTTP/1.1\r\nHost: 127.0.0.1:"
                            + peer.port()
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + body,
                    all.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void theHeadLeavesBeforeTheBodyIfTheAnswerIsAwaited() throws Exception {
        try (ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            c.head();
                            c.write("HTTP/1.1 100 Continue\r\n\r\n");
                            c.bytes(1);
                            c.write(OK);
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            Exchange exchange = local.service().open(RequestHead.of("PUT", "/", Fields.EMPTY), 1);
            assertEquals(100, exchange.receiveHead().status());
            exchange.send(Bytes.latin1("x"));
            exchange.endRequest(Fields.EMPTY);
            assertEquals(200, LocalFixture.answer(exchange).status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "local, a.example, b.example, local:81",
        "public, a.example, b.example, a.example",
        "public, , b.example:8443, b.example:8443",
        "public, 'bad host', , local:81",
        "public, , , local:81",
        "app.example:1, a.example, b.example, app.example:1",
    })
    void hostRules(String rule, String forwarded, String host, String expected) {
        Fields.Builder fields = Fields.builder();
        if (forwarded != null) {
            fields.add("X-Forwarded-Host", forwarded);
        }
        if (host != null) {
            fields.add("Host", host);
        }
        assertEquals(
                expected,
                HostRule.parse(rule)
                        .hostFor(fields.build(), LocalAddress.parse("http://local:81")));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http://evil.example/",
        "GET, evil.example/",
        "GET, *",
        "CONNECT, /",
        "OPTIONS, *?x",
        "GET, ?x",
        "GET, '/a b'",
        "'G T', /",
    })
    void whatIsNoPathIsRefused(String method, String target) throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer = recorder(head);
                LocalFixture local = new LocalFixture(peer.url())) {
            var e =
                    assertThrows(
                            ExchangeException.class,
                            () -> local.call(method, target, Fields.EMPTY, ""));
            assertEquals(ErrorCode.BAD_REQUEST, e.code());
            assertEquals(false, head.isDone());
        }
    }

    /** Neither a request nor the local service can send the agent anywhere else. */
    @Test
    void nothingButItsAddressIsAsked() throws Exception {
        try (ScriptedPeer elsewhere = recorder(new CompletableFuture<>());
                ScriptedPeer peer =
                        new ScriptedPeer(c -> {
                            while (true) {
                                c.head();
                                c.write(
                                        "HTTP/1.1 307 Go\r\nLocation: "
                                                + elsewhere.url()
                                                + "/\r\nContent-Length: 0\r\n\r\n");
                            }
                        });
                LocalFixture local = new LocalFixture(peer.url())) {
            String authority = "127.0.0.1:" + elsewhere.port();
            Fields fields =
                    Fields.of(
                            "Host",
                            authority,
                            "X-Forwarded-Host",
                            authority,
                            "Forwarded",
                            "host=" + authority);
            for (String target : new String[] {"/", "//" + authority + "/", "/@" + authority}) {
                LocalFixture.Answer answer = local.call("GET", target, fields, "");
                assertEquals(307, answer.status());
                assertEquals(elsewhere.url() + "/", answer.head().fields().first("Location"));
            }
            assertEquals(0, elsewhere.accepted());
        }
    }

    @Test
    void aFieldCannotBreakOut() throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (ScriptedPeer peer = recorder(head);
                LocalFixture local =
                        new LocalFixture(
                                peer.url(), HostRule.LOCAL, Trust.platform(), Limits.DEFAULT)) {
            Fields fields = Fields.of("A", "1\r\nB: 2");
            var e = assertThrows(ExchangeException.class, () -> local.call("GET", "/", fields, ""));
            assertEquals(ErrorCode.BAD_REQUEST, e.code());
            assertEquals(false, head.isDone());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3000, http://127.0.0.1:3000",
        "http://localhost, http://localhost",
        "https://a.example:443/, https://a.example",
        "http://[::1]:8080, http://[::1]:8080",
    })
    void addresses(String text, String expected) {
        assertEquals(expected, LocalAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "70000",
                "ftp://a",
                "http://",
                "http://a/path",
                "http://a?q",
                "http://u@a",
                "localhost:3000",
                "",
                "http://a:99999",
            })
    void wrongAddresses(String text) {
        assertThrows(IllegalArgumentException.class, () -> LocalAddress.parse(text));
    }
}
