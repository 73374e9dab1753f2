package io.cloudtunnel.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** Ids and secrets as they are issued and verified. */
class CredentialsTest {

    private static final String OLD = "old:an older key of 32 bytes at the least";
    private static final String NEW = "new:a newer key of 32 bytes at the least";

    private final Credentials credentials = of(NEW);

    private static Credentials of(String keys) {
        return new Credentials(TunnelKeys.parse(keys), Clock.systemUTC());
    }

    @Test
    void whatIsIssuedIsValid() {
        Credentials.Pair pair = credentials.issue();
        assertTrue(pair.id().matches("[a-z2-7]{32}"), pair.id());
        assertTrue(
                pair.secret()
                        .matches(
                                "ct1\\.new\\."
                                        + pair.id()
                                        + "\\.0\\.\\d+\\.0\\.-\\..{32}\\..{43}"));
        assertEquals(Credentials.Verdict.VALID, credentials.verify(pair.id(), pair.secret()));
        assertNotEquals(pair.id(), credentials.issue().id());
    }

    @Test
    void eachFlippedBitOfASecretIsRefused() {
        Credentials.Pair pair = credentials.issue();
        byte[] secret = pair.secret().getBytes(StandardCharsets.ISO_8859_1);
        for (int bit = 0; bit < 8 * secret.length; bit++) {
            secret[bit / 8] ^= (byte) (1 << bit % 8);
            String tampered = new String(secret, StandardCharsets.ISO_8859_1);
            assertEquals(
                    Credentials.Verdict.INVALID, credentials.verify(pair.id(), tampered), tampered);
            secret[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void eachChangedCharacterOfAnIdIsUnknown() {
        String id = credentials.issue().id();
        for (int at = 0; at < id.length(); at++) {
            char other = id.charAt(at) == 'a' ? 'b' : 'a';
            String changed = id.substring(0, at) + other + id.substring(at + 1);
            assertFalse(credentials.knows(changed), changed);
        }
    }

    @Test
    void aSecretShortenedOrLengthenedIsRefused() {
        Credentials.Pair pair = credentials.issue();
        for (int end = 0; end < pair.secret().length(); end++) {
            String cut = pair.secret().substring(0, end);
            assertEquals(Credentials.Verdict.INVALID, credentials.verify(pair.id(), cut), cut);
        }
        for (String more : new String[] {".", "=", "A", " ", "\0", "\n"}) {
            assertEquals(
                    Credentials.Verdict.INVALID,
                    credentials.verify(pair.id(), pair.secret() + more));
        }
    }

    @Test
    void theSecretOfAnotherTunnelIsRefused() {
        assertEquals(
                Credentials.Verdict.INVALID,
                credentials.verify(credentials.issue().id(), credentials.issue().secret()));
    }

    @Test
    void anOldKeyVerifiesUntilItIsRemoved() {
        Credentials.Pair old = of(OLD).issue();
        Credentials both = of(NEW + "," + OLD);
        assertEquals(Credentials.Verdict.VALID, both.verify(old.id(), old.secret()));
        assertTrue(both.knows(old.id()));
        assertTrue(both.issueFor(old.id(), 0, "-").secret().startsWith("ct1.new." + old.id()));
        assertEquals(Credentials.Verdict.INVALID, of(NEW).verify(old.id(), old.secret()));
        assertFalse(of(NEW).knows(old.id()));
    }

    @Test
    void anotherKeyOfTheSameNameKnowsNothing() {
        Credentials.Pair pair = of("k:one key of a name 32 bytes at the least").issue();
        Credentials other = of("k:other key of a name 32 bytes at least");
        assertEquals(Credentials.Verdict.INVALID, other.verify(pair.id(), pair.secret()));
        assertFalse(other.knows(pair.id()));
    }

    @Test
    void secretsDifferEachTime() {
        String id = credentials.issue().id();
        assertNotEquals(
                credentials.issueFor(id, 0, "-").secret(),
                credentials.issueFor(id, 0, "-").secret());
    }

    @Test
    void noSecretIsInAText() {
        Credentials.Pair pair = credentials.issue();
        assertFalse(pair.toString().contains(pair.secret()));
        assertTrue(pair.toString().contains(pair.id()));
    }

    @Test
    void comparesWholeTexts() {
        assertTrue(Credentials.constantTimeEquals("abc", "abc"));
        assertFalse(Credentials.constantTimeEquals("abc", "abd"));
        assertFalse(Credentials.constantTimeEquals("abc", "ab"));
        assertFalse(Credentials.constantTimeEquals("", "a"));
    }
}
