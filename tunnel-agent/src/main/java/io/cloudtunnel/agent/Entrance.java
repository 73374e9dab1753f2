package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.IamToken;
import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.tls.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to get to a server, besides its own key and the tunnel's secret.
 *
 * @param clientCertificate PEM file with the chain that is shown in TLS handshakes, which is read
 *     again once it has changed; null for none
 * @param clientKey PEM file with its key, in PKCS#8 and without a password; null where it is in the
 *     same file
 * @param iamToken {@code metadata}, or a file with a token, for a platform's front end; null for
 *     none
 */
public record Entrance(
        @Nullable Path clientCertificate, @Nullable Path clientKey, @Nullable String iamToken) {

    /** Nothing. */
    public static final Entrance OPEN = new Entrance(null, null, null);

    Trust shownBy(Trust trust, ServerAddress to) throws IOException {
        if (clientCertificate == null) {
            return trust;
        }
        if (!to.tls()) {
            throw new IllegalArgumentException(
                    "a client certificate is shown over TLS only: give --server a URL that begins"
                            + " with https://");
        }
        return trust.showing(clientCertificate, clientKey == null ? clientCertificate : clientKey);
    }

    IamToken iam(ServerAddress server, Map<String, String> environment) {
        return IamToken.of(iamToken, server, environment);
    }
}
