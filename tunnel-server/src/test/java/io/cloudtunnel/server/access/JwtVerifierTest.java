package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real tokens, with real keys from a real server. */
class JwtVerifierTest {

    private static RSAKey first;
    private static RSAKey second;
    private static JWK curve;

    private Issuer issuer;

    @BeforeAll
    static void keys() throws Exception {
        first = Issuer.rsa("first");
        second = Issuer.rsa("second");
        curve = Issuer.ec("curve");
    }

    @BeforeEach
    void serve() throws Exception {
        issuer = new Issuer(first.toPublicJWK(), curve.toPublicJWK());
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private JwtVerifier verifier(String more, Duration kept, Duration between) {
        JwtRule rule =
                PolicyReader.read(
                                """
                                {"jwt": {"issuer": "%s", "audience": "shop", "jwks": "%s"%s}}
                                """
                                        .formatted(issuer.name(), issuer.jwks(), more))
                        .jwt();
        assertNotNull(rule);
        var keys = new IssuerKeys(Set.of(), kept, between);
        return new JwtVerifier(rule, keys.at(rule.jwks(), true), Clock.systemUTC());
    }

    private JwtVerifier verifier() {
        return verifier("", Duration.ofMinutes(5), Duration.ofSeconds(30));
    }

    private @Nullable Duration check(JWK key, UnaryOperator<JWTClaimsSet.Builder> change)
            throws Exception {
        return verifier().check(issuer.token(key, change));
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    @Test
    void aTokenOfTheIssuerIsRight() throws Exception {
        JwtVerifier verifier = verifier();
        Duration lasts = verifier.check(issuer.token(first));
        assertNotNull(lasts);
        assertTrue(lasts.toMinutes() >= 59, lasts.toString());
        assertNotNull(verifier.check(issuer.token(curve)));
        assertEquals(1, issuer.fetches(), "keys are fetched once");
    }

    @Test
    void wrongClaimsAreRefused() throws Exception {
        assertNull(check(first, c -> c.issuer("https://evil.example")), "issuer");
        assertNull(check(first, c -> c.issuer(null)), "no issuer");
        assertNull(check(first, c -> c.audience("other")), "audience");
        assertNull(check(first, c -> c.audience((String) null)), "no audience");
        assertNotNull(check(first, c -> c.audience(List.of("other", "shop"))), "one of several");
        assertNull(check(first, c -> c.expirationTime(in(-31))), "expired");
        assertNotNull(check(first, c -> c.expirationTime(in(-20))), "within the skew");
        assertNull(check(first, c -> c.expirationTime(null)), "never expires");
        assertNull(check(first, c -> c.notBeforeTime(in(40))), "not yet");
        assertNotNull(check(first, c -> c.notBeforeTime(in(20))), "within the skew");
        assertNull(check(first, c -> c.issueTime(in(40))), "issued in the future");
    }

    @Test
    void aKeyThatIsNotTheIssuersIsRefused() throws Exception {
        assertNull(check(second, c -> c), "a key that it does not serve");
        RSAKey forged = new RSAKey.Builder(second).keyID("first").build();
        assertNull(check(forged, c -> c), "another key under the name of one");
    }

    @Test
    void aTokenWithoutASignatureIsRefused() throws Exception {
        JWTClaimsSet claims = issuer.claims().build();
        assertNull(verifier().check(new PlainJWT(claims).serialize()));
        String[] parts = issuer.token(first).split("\\.", -1);
        String none =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                "{\"alg\":\"none\",\"kid\":\"first\"}"
                                        .getBytes(StandardCharsets.US_ASCII));
        assertNull(verifier().check(none + "." + parts[1] + "."));
        assertNull(verifier().check(none + "." + parts[1] + "." + parts[2]));
        assertNull(verifier().check(parts[0] + "." + parts[1] + "."));
        assertNull(verifier().check("x"));
        assertNull(verifier().check(""));
        assertNull(verifier().check("a".repeat(20_000)));
    }

    /** Everybody has the public key, so it must not make signatures. */
    @Test
    void thePublicKeyIsNoSecret() throws Exception {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
                        issuer.claims().build());
        token.sign(new MACSigner(first.toRSAPublicKey().getEncoded()));
        assertNull(verifier().check(token.serialize()));
    }

    @Test
    void claimsAreEqualOrContainTheValue() throws Exception {
        JwtVerifier verifier =
                verifier(
                        ", \"claims\": {\"hd\": \"example.com\", \"roles\": [\"admin\","
                                + " \"staff\"]}",
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30));
        UnaryOperator<JWTClaimsSet.Builder> right = c -> c.claim("hd", "example.com");
        assertNotNull(
                verifier.check(
                        issuer.token(
                                first, c -> right.apply(c).claim("roles", List.of("x", "staff")))));
        assertNotNull(
                verifier.check(issuer.token(first, c -> right.apply(c).claim("roles", "admin"))));
        assertNull(verifier.check(issuer.token(first, right)), "no roles");
        assertNull(
                verifier.check(
                        issuer.token(first, c -> right.apply(c).claim("roles", List.of("x")))));
        assertNull(
                verifier.check(
                        issuer.token(
                                first, c -> c.claim("hd", "evil.com").claim("roles", "admin"))));
        assertNull(
                verifier.check(
                        issuer.token(
                                first,
                                c -> c.claim("hd", "example.com.evil").claim("roles", "admin"))));
    }

    @Test
    void keysAreRotatedWhileItRuns() throws Exception {
        JwtVerifier verifier = verifier();
        assertNotNull(verifier.check(issuer.token(first)));
        issuer.rotate(second.toPublicJWK());
        assertNotNull(verifier.check(issuer.token(second)), "the new key at its first use");
        assertNull(verifier.check(issuer.token(first)), "the old one is gone");
        for (int i = 0; i < 20; i++) {
            assertNull(verifier.check(issuer.token(curve)), "unknown keys");
        }
        assertTrue(issuer.fetches() <= 4, issuer.fetches() + " fetches for unknown keys");
        assertNotNull(verifier.check(issuer.token(second)));
    }

    @Test
    void anOutageOfTheIssuerIsOutlived() throws Exception {
        JwtVerifier verifier = verifier("", Duration.ofMillis(2), Duration.ofMillis(1));
        assertNotNull(verifier.check(issuer.token(first)));
        issuer.down(true);
        int before = issuer.fetches();
        while (issuer.fetches() == before) { // until what is kept is too old
            assertNotNull(verifier.check(issuer.token(first)), "by the keys that are known");
        }
        assertNotNull(verifier.check(issuer.token(first)), "also after a fetch that failed");
    }

    @Test
    void withoutAnyKeyNothingIsSaid() throws Exception {
        issuer.down(true);
        JwtVerifier verifier = verifier();
        String token = issuer.token(first);
        assertThrows(JwtVerifier.NoKeys.class, () -> verifier.check(token));
    }

    /** Weak keys can be forged, and huge ones take their time; whoever names an issuer has both. */
    @Test
    void keysAreOfASaneSize() throws Exception {
        RSAKey weak = new RSAKeyGenerator(1024, true).keyID("weak").generate();
        issuer.rotate(weak.toPublicJWK());
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("weak").build(),
                        issuer.claims().build());
        Signature signature = Signature.getInstance("SHA256withRSA"); // the library refuses to
        signature.initSign(weak.toPrivateKey());
        signature.update(token.getSigningInput());
        String signed =
                new String(token.getSigningInput(), StandardCharsets.US_ASCII)
                        + "."
                        + Base64URL.encode(signature.sign());
        assertNull(verifier().check(signed));
        BigInteger large = BigInteger.ONE.shiftLeft(8192).add(BigInteger.ONE);
        assertFalse(SaneKeys.isSane(key(large, BigInteger.valueOf(65537))));
        BigInteger usual = first.toRSAPublicKey().getModulus();
        assertTrue(SaneKeys.isSane(key(usual, BigInteger.valueOf(65537))));
        assertFalse(SaneKeys.isSane(key(usual, usual.shiftRight(1))));
    }

    private static Key key(BigInteger modulus, BigInteger exponent) throws Exception {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    @Test
    void aSlowPlaceHoldsNobodyUp() throws Exception {
        try (ServerSocket place = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread drips = Thread.ofVirtual().start(() -> drip(place));
            KeyFetcher fetcher = new KeyFetcher(true, Set.of(), Duration.ofMillis(300));
            URL url = URI.create("http://127.0.0.1:" + place.getLocalPort() + "/").toURL();
            long began = System.nanoTime();
            var e = assertThrows(IOException.class, () -> fetcher.retrieveResource(url));
            assertTrue(String.valueOf(e.getMessage()).contains("not within 300 ms"), e.toString());
            assertTrue(Duration.ofNanos(System.nanoTime() - began).toSeconds() < 3);
            assertTrue(drips.join(Duration.ofSeconds(10)), "the connection is closed");
        }
    }

    /** A byte now and then, for ever: each read succeeds in time. */
    private static void drip(ServerSocket place) {
        try (Socket socket = place.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nA: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('a');
                out.flush();
                Thread.sleep(10);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt(); // as it is to be
        }
    }

    @Test
    void whatIsFetchedHasALimit() throws Exception {
        issuer.padding(300_000);
        KeyFetcher fetcher = new KeyFetcher(true, Set.of(), KeyFetcher.IN_ALL);
        URL url = URI.create(issuer.jwks()).toURL();
        var e = assertThrows(IOException.class, () -> fetcher.retrieveResource(url));
        assertTrue(String.valueOf(e.getMessage()).contains("more than"), e.toString());
    }

    /** Else an agent could make the server ask its own network for it. */
    @Test
    void anAgentMayNotNameAPrivatePlace() throws Exception {
        for (String url :
                List.of(
                        issuer.jwks(),
                        issuer.jwks().replace("http:", "https:"),
                        "https://169.254.169.254/computeMetadata",
                        "https://[::1]/",
                        "https://localhost/")) {
            var e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    new KeyFetcher(false, Set.of(), KeyFetcher.IN_ALL)
                                            .retrieveResource(URI.create(url).toURL()));
            assertTrue(String.valueOf(e.getMessage()).contains("an agent may name"), url);
        }
        assertEquals(0, issuer.fetches());
        String keys =
                new KeyFetcher(false, Set.of("127.0.0.1"), KeyFetcher.IN_ALL)
                        .retrieveResource(URI.create(issuer.jwks()).toURL())
                        .getContent();
        assertTrue(keys.contains("first"), "the operator may allow it");
    }
}
