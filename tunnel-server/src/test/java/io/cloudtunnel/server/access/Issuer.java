package io.cloudtunnel.server.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Issues real tokens, signed with real keys that it serves. */
public final class Issuer implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile List<JWK> served;
    private volatile boolean down;
    private volatile int padding;

    public Issuer(JWK... keys) throws IOException {
        served = List.of(keys);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext(
                "/keys",
                exchange -> {
                    fetches.incrementAndGet();
                    byte[] body =
                            (new JWKSet(served) + " ".repeat(padding))
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(down ? 500 : 200, body.length);
                    try (exchange;
                            OutputStream out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
        server.start();
    }

    public String name() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String jwks() {
        return name() + "/keys";
    }

    /** From now on these keys are served. */
    void rotate(JWK... keys) {
        served = List.of(keys);
    }

    /** From now on so much follows that means nothing. */
    void padding(int bytes) {
        padding = bytes;
    }

    void down(boolean yes) {
        down = yes;
    }

    int fetches() {
        return fetches.get();
    }

    public static RSAKey rsa(String id) throws JOSEException {
        return new RSAKeyGenerator(2048).keyID(id).generate();
    }

    static ECKey ec(String id) throws JOSEException {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    /** Claims that are right for an hour. */
    JWTClaimsSet.Builder claims() {
        return claims(name());
    }

    private static JWTClaimsSet.Builder claims(String issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("shop")
                .subject("anna")
                .expirationTime(Date.from(Instant.now().plusSeconds(3600)));
    }

    public String token(JWK key) throws JOSEException {
        return token(key, claims -> claims);
    }

    public String token(JWK key, UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        boolean rsa = key instanceof RSAKey;
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(rsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                                .keyID(key.getKeyID())
                                .build(),
                        change.apply(claims()).build());
        token.sign(rsa ? new RSASSASigner(key.toRSAKey()) : new ECDSASigner(key.toECKey()));
        return token.serialize();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
