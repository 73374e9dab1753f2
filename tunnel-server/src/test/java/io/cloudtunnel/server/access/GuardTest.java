package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.IpAddress;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardTest {

    /** As few rounds as there may be, so that the tests are quick: of "sesame". */
    private static final String HASH = quick();

    private static final IpAddress CLIENT = Objects.requireNonNull(IpAddress.parse("192.0.2.1"));

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Guards guards = new Guards(List.of(), Set.of(), "", Clock.systemUTC());

    private static String quick() {
        try {
            byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
            byte[] hash =
                    javax.crypto.SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(
                                    new javax.crypto.spec.PBEKeySpec(
                                            "sesame".toCharArray(), salt, 10_000, 256))
                            .getEncoded();
            Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
            return "pbkdf2-sha256:10000:"
                    + text.encodeToString(salt)
                    + ":"
                    + text.encodeToString(hash);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Fields basic(String pair) {
        return Fields.of(
                "Authorization",
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private Guard guard(String more) {
        return guards.guard("{\"basic\":{\"anna\":\"" + HASH + "\"}" + more + "}");
    }

    private static ExchangeException refused(Guard guard, @Nullable IpAddress from, Fields fields) {
        return assertThrows(ExchangeException.class, () -> guard.admit(from, fields));
    }

    @Test
    void aPasswordLetsIn() throws Exception {
        Guard guard = guard("");
        assertTrue(guard.admit(CLIENT, basic("anna:sesame")), "and is not forwarded");
        assertFalse(
                guard(",\"forward-credentials\":true").admit(CLIENT, basic("anna:sesame")),
                "unless that is asked for");
        for (Fields wrong :
                List.of(
                        Fields.EMPTY,
                        basic("anna:Sesame"),
                        basic("anna:"),
                        basic("anna"),
                        basic("bert:sesame"),
                        basic(":sesame"),
                        Fields.of("Authorization", "Basic ???"),
                        Fields.of("Authorization", "Basic"),
                        Fields.of("Authorization", "Bearer sesame"),
                        basic("anna:sesame").toBuilder().addAll(basic("x:y")).build())) {
            ExchangeException e = refused(guard, CLIENT, wrong);
            assertEquals(ErrorCode.UNAUTHORIZED, e.code());
            assertTrue(e.isUntouched());
            assertEquals(
                    "Basic realm=\"tunnel\", charset=\"UTF-8\"",
                    e.fields().first("WWW-Authenticate"));
        }
    }

    @Test
    void whatWasRightIsNotCheckedAgain() throws Exception {
        Guard guard = guard("");
        guard.admit(CLIENT, basic("anna:sesame"));
        while (guards.guesses().barredSeconds(CLIENT) == 0) {
            guards.guesses().wrong(CLIENT);
        }
        assertTrue(guard.admit(CLIENT, basic("anna:sesame")), "remembered, so no guess");
        Guard other = guard(",\"deny\":[\"::1\"]");
        assertEquals(
                ErrorCode.TOO_MANY_REQUESTS,
                refused(other, CLIENT, basic("anna:sesame")).code(),
                "of this policy only");
    }

    @Test
    void guessesAreLimited() throws Exception {
        Guard guard = guard("");
        for (int i = 0; i < Guesses.MOST; i++) {
            assertEquals(ErrorCode.UNAUTHORIZED, refused(guard, CLIENT, basic("anna:" + i)).code());
        }
        ExchangeException e = refused(guard, CLIENT, basic("anna:sesame"));
        assertEquals(ErrorCode.TOO_MANY_REQUESTS, e.code());
        assertEquals("guesses", e.fields().first("Cloudtunnel-Limit"));
        assertTrue(guard.admit(IpAddress.parse("192.0.2.2"), basic("anna:sesame")), "others may");
    }

    @Test
    void guessesAreForgottenAfterAMinuteAndBounded() {
        AtomicLong now = new AtomicLong();
        Guesses guesses = new Guesses(now::get);
        for (int i = 0; i < Guesses.MOST; i++) {
            guesses.wrong(CLIENT);
        }
        assertEquals(61, guesses.barredSeconds(CLIENT));
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        assertEquals(0, guesses.barredSeconds(CLIENT));
        guesses.wrong(CLIENT);
        assertEquals(0, guesses.barredSeconds(CLIENT), "from the beginning");
    }

    /** So that those who guess at one tunnel leave turns to the others. */
    @Test
    void aPolicyHasOneTurnAtATime() throws Exception {
        Guesses guesses = new Guesses(System::nanoTime, 2);
        try (Guesses.Turn first = guesses.turn("a");
                Guesses.Turn other = guesses.turn("b")) {
            assertTrue(first.has() && other.has());
        }
        try (Guesses.Turn first = guesses.turn("a")) {
            assertTrue(first.has());
            try (Guesses.Turn second = guesses.turn("a")) {
                assertFalse(second.has());
            }
        }
        try (Guesses.Turn third = guesses.turn("a")) {
            assertTrue(third.has(), "what was held is given back");
        }
    }

    @Test
    void whatAnAgentSaysIsChargedToTheBudget() throws Exception {
        MemoryBudget little = new MemoryBudget(4000);
        LinkAccess small = guards.link("-", little);
        assertNull(small.take("{\"deny\":[\"192.0.2.1\"]}"));
        assertTrue(little.usedBytes() > 300, little.usedBytes() + " bytes");
        LinkAccess large = guards.link("-", little);
        assertTrue(
                String.valueOf(
                                large.take(
                                        "{\"basic\":{\"anna\":\""
                                                + HASH
                                                + "\"}"
                                                + " ".repeat(300)
                                                + "}"))
                        .contains("budget"));
        RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
        assertThrows(ExchangeException.class, () -> large.admit(head, List.of()), "nor is it open");
        small.close();
        large.close();
        assertEquals(0, little.usedBytes());
    }

    @Test
    void proofsEnd() {
        AtomicLong now = new AtomicLong();
        Proofs proofs = new Proofs(now::get);
        String name = proofs.name("policy", "Basic x");
        proofs.add(name, Duration.ofSeconds(5));
        assertTrue(proofs.has(name));
        assertFalse(proofs.has(proofs.name("other", "Basic x")));
        now.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertFalse(proofs.has(name));
        for (int i = 0; i < Proofs.MOST + 10; i++) {
            proofs.add(proofs.name("policy", "Basic " + i), Duration.ofSeconds(5));
        }
        assertEquals(Proofs.MOST, proofs.size());
    }

    @Test
    void aLinkLetsNothingInWithAPolicyThatIsWrong() throws Exception {
        RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
        LinkAccess wrong = guards.link("-", budget);
        assertTrue(String.valueOf(wrong.take("{\"alow\":1}")).contains("unknown key"));
        assertEquals(
                ErrorCode.POLICY_UNAVAILABLE,
                assertThrows(ExchangeException.class, () -> wrong.admit(head, List.of())).code());
        LinkAccess open = guards.link("-", budget);
        assertNull(open.take(""));
        assertEquals(head, open.admit(head, List.of()));
    }

    @Test
    void aSecretMayAskForAPolicy() throws Exception {
        RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
        String policy = "{\"deny\":[\"192.0.2.1\"]}";
        LinkAccess bound = guards.link(Guards.hash(policy), budget);
        assertThrows(
                ExchangeException.class, () -> bound.admit(head, List.of()), "before any hello");
        assertTrue(String.valueOf(bound.take("")).contains("secret"), "no policy");
        assertThrows(ExchangeException.class, () -> bound.admit(head, List.of()));
        assertNull(bound.take(policy));
        assertEquals(
                ErrorCode.FORBIDDEN,
                assertThrows(ExchangeException.class, () -> bound.admit(head, List.of())).code());
        RequestHead from = head.with(Fields.of("Cloudtunnel-Client", "192.0.2.2", "A", "b"));
        assertEquals(Fields.of("A", "b"), bound.admit(from, List.of()).fields());
    }

    @Test
    void allLinksHaveToBeSatisfied() throws Exception {
        LinkAccess open = guards.link("-", budget);
        assertNull(open.take(""));
        Guard strict = guard("");
        RequestHead head = RequestHead.of("GET", "/", Fields.EMPTY);
        assertEquals(
                ErrorCode.UNAUTHORIZED,
                assertThrows(ExchangeException.class, () -> open.admit(head, List.of(strict)))
                        .code());
        RequestHead right = head.with(basic("anna:sesame"));
        assertEquals(Fields.EMPTY, open.admit(right, List.of(strict)).fields(), "taken out");
    }
}
