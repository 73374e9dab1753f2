package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.server.TunnelServerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the local service is told of the client: by the server's own view, whatever the client says.
 */
@Timeout(60)
class ForwardingIT {

    private static final String[] SAID = {
        "X-Forwarded-For: 6.6.6.6, 7.7.7.7",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Prefix: /evil",
        "Forwarded: for=6.6.6.6",
        "X-Real-IP: 6.6.6.6",
        "Cloudtunnel-Error: evil",
        "X-Request-Id: my-own-id-1"
    };

    @TempDir Path folder;

    private final BlockingQueue<Wire.Head> seen = new LinkedBlockingQueue<>();

    private Rig rig(
            UnaryOperator<TunnelServerBuilder> server, UnaryOperator<TunnelAgentBuilder> agent)
            throws Exception {
        return Rig.start(
                folder,
                "binary",
                call -> {
                    seen.add(call.head());
                    call.answer(200, "ok");
                },
                server,
                agent);
    }

    private Wire.Head ask(Rig rig) throws Exception {
        try (Wire client = rig.get("/", SAID)) {
            assertEquals("my-own-id-1", client.readAnswer().first("X-Request-Id"));
        }
        return seen.poll(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 127.0.0.1, http, for=127.0.0.1",
        "1, '7.7.7.7, 127.0.0.1', https, 'for=7.7.7.7, for=127.0.0.1'"
    })
    void theClientIsBelievedAsFarAsTrustedHopsGo(int hops, String route, String proto, String nodes)
            throws Exception {
        try (Rig rig = rig(server -> server.trustedHops(hops), agent -> agent)) {
            assertEquals(
                    List.of(
                            "Host: 127.0.0.1:" + rig.local().port(),
                            "X-Forwarded-For: " + route,
                            "X-Forwarded-Proto: " + proto,
                            "X-Forwarded-Host: localhost",
                            "X-Forwarded-Prefix: " + rig.target(""),
                            "Forwarded: " + nodes + ";host=localhost;proto=" + proto,
                            "X-Request-Id: my-own-id-1"),
                    ask(rig).lines());
        }
    }

    @Test
    void theHostIsTheOneThatTheAgentWasTold() throws Exception {
        List<String> hosts = new ArrayList<>();
        int port = 0;
        for (String rule : List.of("local", "public", "app.internal:81")) {
            try (Rig rig = rig(server -> server, agent -> agent.host(rule))) {
                hosts.add(ask(rig).first("Host"));
                port = rule.equals("local") ? rig.local().port() : port;
            }
        }
        assertEquals(List.of("127.0.0.1:" + port, "localhost", "app.internal:81"), hosts);
    }
}
