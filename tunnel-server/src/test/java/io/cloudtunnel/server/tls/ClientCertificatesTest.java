package io.cloudtunnel.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.tls.Authorities;
import io.cloudtunnel.server.relay.servers.Authority;
import io.helidon.common.socket.PeerInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who counts, whatever a TLS session that was resumed says of itself. */
@Timeout(60)
class ClientCertificatesTest {

    @TempDir Path folder;

    /** Somebody whose session has these. */
    private record Peer(List<Certificate> shown) implements PeerInfo {
        Peer(Certificate... shown) {
            this(List.of(shown));
        }

        @Override
        public SocketAddress address() {
            return InetSocketAddress.createUnresolved("localhost", 1);
        }

        @Override
        public String host() {
            return "localhost";
        }

        @Override
        public int port() {
            return 1;
        }

        @Override
        public Optional<Principal> tlsPrincipal() {
            return Optional.empty();
        }

        @Override
        public Optional<Certificate[]> tlsCertificates() {
            return shown.isEmpty()
                    ? Optional.empty()
                    : Optional.of(shown.toArray(Certificate[]::new));
        }
    }

    @Test
    void onlyThoseOfTheAuthorityAsItIsNow() throws Exception {
        Authority ours = new Authority(folder, "ours");
        Authority others = new Authority(folder, "others");
        Authority.Issued unused = ours.issue("laptop");
        unused = others.issue("stranger");
        unused = ours.issue("old", "-startdate", "-9d", "-validity", "8");
        unused = ours.issue("shop", "-ext", "eku=serverAuth");

        ClientCertificates clients = new ClientCertificates(Authorities.read(ours.pem()));
        Peer laptop = new Peer(ours.chain("laptop"));
        assertNull(clients.refusal(laptop));
        assertEquals("laptop", clients.nameOf(laptop));
        assertNotNull(clients.refusal(new Peer(others.chain("stranger"))));
        assertNotNull(clients.refusal(new Peer(ours.chain("old"))), "expired since");
        assertNotNull(clients.refusal(new Peer(ours.chain("shop"))), "a server's");
        String none = clients.refusal(new Peer());
        assertTrue(none != null && none.contains("none was shown"), none);

        ClientCertificates replaced = new ClientCertificates(Authorities.read(others.pem()));
        assertNotNull(replaced.refusal(laptop), "its authority was taken out");
        assertNull(ClientCertificates.NOT_NEEDED.refusal(new Peer()));
    }

    @Test
    void aNameCannotForgeALine() throws Exception {
        Authority ours = new Authority(folder, "ours");
        Authority.Issued unused = ours.issue("a", "-dname", "O=x");
        ClientCertificates clients = new ClientCertificates(Authorities.read(ours.pem()));
        assertEquals("localhost", clients.nameOf(new Peer(ours.chain("a"))), "of the others");
        unused = ours.issue("b", "-dname", "CN=b key\\=me");
        assertEquals("b\\x20key=me", clients.nameOf(new Peer(ours.chain("b"))));
    }
}
