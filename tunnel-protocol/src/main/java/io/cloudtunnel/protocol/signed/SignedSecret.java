package io.cloudtunnel.protocol.signed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.cloudtunnel.protocol.frame.Bytes;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel's secret, as signed mode uses it: its claims are sent, its MAC is what both sides know.
 * Immutable.
 */
public final class SignedSecret {

    /** The subprotocol. */
    public static final String SUBPROTOCOL = "cloudtunnel.v1.signed";

    /** The field with the claims. */
    public static final String CLAIMS_FIELD = "Cloudtunnel-Claims";

    /** The field with the proof that a side knows the rest. */
    public static final String PROOF_FIELD = "Cloudtunnel-Proof";

    private final String claims;
    private final byte[] pseudorandomKey;

    private SignedSecret(String claims, byte[] mac) {
        this.claims = claims;
        this.pseudorandomKey = Hkdf.extract(SUBPROTOCOL.getBytes(ISO_8859_1), mac);
    }

    /** From a secret; null where it has another form than this project's server gives it. */
    public static @Nullable SignedSecret of(String secret) {
        int dot = secret.lastIndexOf('.');
        byte[] mac = dot <= 0 ? null : Base64Url.decode32(secret.substring(dot + 1));
        return mac == null ? null : new SignedSecret(secret.substring(0, dot), mac);
    }

    /** What may be sent of it. */
    public String claims() {
        return claims;
    }

    /** What an agent proves itself with when it asks for a link. */
    public String handshakeProof(Nonce agent) {
        return proof("handshake", agent.bytes());
    }

    /**
     * What the server proves itself with when it opens the link.
     *
     * @param terms what it says of itself and the link: instance, start, lifetime and public URL,
     *     as the fields' values
     */
    public String acceptProof(Nonce agent, Nonce server, String... terms) {
        Bytes said = Bytes.latin1(String.join("\n", terms));
        return proof("accept", agent.bytes(), server.bytes(), said);
    }

    /** What an agent proves itself with when it asks where the public reaches the tunnel. */
    public String probeProof(Nonce of) {
        return proof("probe", of.bytes());
    }

    /** The keys of a link. */
    public LinkKeys linkKeys(Nonce agent, Nonce server) {
        return new LinkKeys(
                derive("agent", agent.bytes(), server.bytes()),
                derive("server", agent.bytes(), server.bytes()));
    }

    private String proof(String label, Bytes... rest) {
        return Base64Url.encode(derive(label, rest));
    }

    private byte[] derive(String label, Bytes... rest) {
        Bytes start = Bytes.latin1(SUBPROTOCOL + " " + label + "\n" + claims + "\n");
        Bytes info = Bytes.join(List.of(start, Bytes.join(List.of(rest))));
        return Hkdf.expand(pseudorandomKey, info.toByteArray(), Hmac.BYTES);
    }

    /**
     * Whether what was sent is a proof, compared in a time that says nothing of where it differs.
     */
    public static boolean proves(@Nullable String sent, String expected) {
        return sent != null
                && MessageDigest.isEqual(sent.getBytes(ISO_8859_1), expected.getBytes(ISO_8859_1));
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "SignedSecret[" + claims + "]";
    }
}
