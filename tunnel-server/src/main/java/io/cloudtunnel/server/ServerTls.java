package io.cloudtunnel.server;

import io.cloudtunnel.server.tls.ListenerTls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the server's own listener, from PEM files, which are read again once they have changed.
 *
 * @param certificates the chain, the server's own certificate first
 * @param key its private key, in PKCS#8 and without a password; may be the same file
 * @param clientAuthorities whose signatures count on client certificates, which then are asked for,
 *     and without one nobody may register or connect as an agent; null to ask for none
 */
public record ServerTls(Path certificates, Path key, @Nullable Path clientAuthorities) {

    /** Without client certificates. */
    public ServerTls(Path certificates, Path key) {
        this(certificates, key, null);
    }

    /** What the files hold; the message of an exception says what is wrong with which. */
    ListenerTls read() throws IOException {
        return ListenerTls.read(certificates, key, clientAuthorities);
    }
}
