package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import java.util.List;

/** The server's options about TLS of its own; docs/tls.md. */
final class TlsOptions {

    static final Option CERT =
            Option.of(
                    "tls-cert",
                    "TLS_CERT",
                    "FILE",
                    "PEM file with the server's certificate and its chain: the server speaks HTTPS"
                            + " itself.");
    static final Option KEY =
            Option.of(
                            "tls-key",
                            "TLS_KEY",
                            "FILE",
                            "PEM file with the certificate's key, in PKCS#8.")
                    .otherwiseAs("the file of TLS_CERT");
    static final Option CLIENT_CA =
            Option.of(
                    "tls-client-ca",
                    "TLS_CLIENT_CA",
                    "FILE",
                    "PEM file of authorities for the client certificates of agents; needs"
                            + " REGISTRATION=mtls.");

    static final List<Option> ALL = List.of(CERT, KEY, CLIENT_CA);

    private TlsOptions() {}
}
