package io.cloudtunnel.server.tls;

import io.cloudtunnel.program.Printable;
import io.helidon.common.socket.PeerInfo;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which agents show a client certificate that counts. It is checked anew for each registration and
 * link: a resumed TLS session says only that one counted when the session began. Immutable; safe
 * for use by several threads.
 */
public final class ClientCertificates {

    /** Nobody needs one. */
    public static final ClientCertificates NOT_NEEDED = new ClientCertificates(null);

    private static final int LONGEST_NAME = 100;

    private final @Nullable X509ExtendedTrustManager trust;

    ClientCertificates(@Nullable X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    /** Why this peer may not be an agent; null if it may. */
    public @Nullable String refusal(PeerInfo peer) {
        if (trust == null) {
            return null;
        }
        X509Certificate[] chain = chain(peer);
        if (chain.length == 0) {
            return "none was shown, as happens also to one that another authority has signed";
        }
        try {
            trust.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return null;
        } catch (CertificateException e) {
            return "the one that was shown does not count any more";
        }
    }

    /** The name in the certificate of a peer that has one, as it may stand in a log; else null. */
    public @Nullable String nameOf(PeerInfo peer) {
        X509Certificate[] chain = trust == null ? new X509Certificate[0] : chain(peer);
        return chain.length == 0 ? null : Printable.of(name(chain[0]), LONGEST_NAME);
    }

    private static X509Certificate[] chain(PeerInfo peer) {
        Certificate[] shown = peer.tlsCertificates().orElse(new Certificate[0]);
        X509Certificate[] chain = new X509Certificate[shown.length];
        for (int i = 0; i < shown.length; i++) {
            if (!(shown[i] instanceof X509Certificate certificate)) {
                return new X509Certificate[0];
            }
            chain[i] = certificate;
        }
        return chain;
    }

    /** The common name, else the first alternative name that is a text, else the whole subject. */
    private static String name(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
            Collection<List<?>> others = certificate.getSubjectAlternativeNames();
            for (List<?> other : others == null ? List.<List<?>>of() : others) {
                if (other.get(1) instanceof String text) {
                    return text;
                }
            }
        } catch (InvalidNameException | CertificateParsingException e) {
            return subject;
        }
        return subject;
    }
}
