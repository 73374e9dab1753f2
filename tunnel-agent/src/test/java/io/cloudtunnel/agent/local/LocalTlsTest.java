package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.fake.ScriptedPeer;
import io.cloudtunnel.agent.fake.SelfSigned;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An https local service whose certificate the platform does not know. */
class LocalTlsTest {

    private static ScriptedPeer service(SelfSigned certificate) throws Exception {
        return new ScriptedPeer(
                certificate.context().getServerSocketFactory(),
                c -> {
                    while (true) {
                        c.head();
                        c.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntls");
                    }
                });
    }

    private static LocalFixture fixture(ScriptedPeer peer, Trust trust) {
        return new LocalFixture(
                "https://127.0.0.1:" + peer.port(), HostRule.LOCAL, trust, Limits.DEFAULT);
    }

    @Test
    void trustDecides(@TempDir Path directory) throws Exception {
        SelfSigned certificate = new SelfSigned(directory);
        try (ScriptedPeer peer = service(certificate)) {
            try (LocalFixture stranger = fixture(peer, Trust.platform())) {
                var e = assertThrows(ExchangeException.class, () -> stranger.get("/"));
                assertEquals(ErrorCode.LOCAL_UNREACHABLE, e.code());
            }
            try (LocalFixture known = fixture(peer, Trust.authorities(certificate.pem()))) {
                assertEquals("tls", known.get("/").body());
                int before = peer.accepted();
                assertEquals("tls", known.get("/").body());
                assertEquals(before, peer.accepted());
            }
            try (LocalFixture careless = fixture(peer, Trust.anybody())) {
                assertEquals("tls", careless.get("/").body());
            }
        }
    }

    @Test
    void theNameCountsToo(@TempDir Path directory) throws Exception {
        SelfSigned certificate = new SelfSigned(directory, "dns:other.example");
        try (ScriptedPeer peer = service(certificate)) {
            try (LocalFixture known = fixture(peer, Trust.authorities(certificate.pem()))) {
                assertThrows(ExchangeException.class, () -> known.get("/"));
            }
            try (LocalFixture careless = fixture(peer, Trust.anybody())) {
                assertEquals("tls", careless.get("/").body());
            }
        }
    }

    @Test
    void filesThatAreNoCertificates(@TempDir Path directory) throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.pem"));
        Path text = Files.writeString(directory.resolve("text.pem"), "hello");
        for (Path each : new Path[] {empty, text, directory.resolve("none.pem")}) {
            var e = assertThrows(IOException.class, () -> Trust.authorities(each));
            assertTrue(String.valueOf(e.getMessage()).contains(each.toString()), e::toString);
        }
    }
}
