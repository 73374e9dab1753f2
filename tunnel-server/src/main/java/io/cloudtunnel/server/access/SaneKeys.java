package io.cloudtunnel.server.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import java.security.Key;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a token may have been signed with: a few, and of a size that takes little time,
 * since it is the token's and the issuer's owners who choose them. Safe for use by several threads.
 */
final class SaneKeys extends JWSVerificationKeySelector<SecurityContext> {

    private static final int MOST = 8;
    private static final int LEAST_BITS = 2048; // RFC 7518, section 3.3
    private static final int MOST_BITS = 8192;
    private static final int MOST_EXPONENT_BITS = 64;

    SaneKeys(Set<JWSAlgorithm> algorithms, JWKSource<SecurityContext> keys) {
        super(algorithms, keys);
    }

    @Override
    public List<Key> selectJWSKeys(JWSHeader header, @Nullable SecurityContext context)
            throws KeySourceException {
        return super.selectJWSKeys(header, context).stream()
                .filter(SaneKeys::isSane)
                .limit(MOST)
                .toList();
    }

    static boolean isSane(Key key) {
        return !(key instanceof RSAPublicKey rsa)
                || (rsa.getModulus().bitLength() >= LEAST_BITS
                        && rsa.getModulus().bitLength() <= MOST_BITS
                        && rsa.getPublicExponent().bitLength() <= MOST_EXPONENT_BITS);
    }
}
