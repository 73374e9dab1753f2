package io.cloudtunnel.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.server.auth.RegistrationPolicy.Decision;
import io.cloudtunnel.server.auth.RegistrationPolicy.Mode;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may register. */
class RegistrationPolicyTest {

    private static final Fields LOCAL = Fields.of("Host", "localhost:8080");
    private static final Map<String, String> KEYS =
            Map.of("anna", "anna-key-0123456789", "bert", "bert-key-0123456789");

    private static RegistrationPolicy unset(@Nullable String base, @Nullable String service) {
        return new RegistrationPolicy(
                null, Map.of(), base == null ? null : URI.create(base), service);
    }

    @Test
    void aFileHasAKeyInEachLineOrItsHash() {
        Map<String, String> keys =
                RegistrationPolicy.parseKeyLines(
                        "# ours\n\nanna:anna-key-0123456789\r\n  bert: "
                                + RegistrationPolicy.hash("bert-key-0123456789")
                                + " \n");
        RegistrationPolicy policy = new RegistrationPolicy(null, keys, null, null);
        for (String name : new String[] {"anna", "bert"}) {
            String key = "Bearer " + name + "-key-0123456789";
            Decision.Allowed allowed =
                    assertInstanceOf(
                            Decision.Allowed.class,
                            policy.decide("10.0.0.1", Fields.of("Authorization", key)));
            assertEquals(name, allowed.who());
        }
        Fields stolen = Fields.of("Authorization", "Bearer " + keys.get("bert"));
        assertInstanceOf(Decision.Refused.class, policy.decide("10.0.0.1", stolen));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anna:anna-key-0123456789\nanna:other-key-0123456789",
                "anna:short",
                "anna:sha256:0123",
                "anna-key-0123456789"
            })
    void aFileThatIsWrongSaysWhereAndRepeatsNoKey(String text) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RegistrationPolicy.parseKeyLines("#\n" + text));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("in line "), message);
        assertFalse(message.contains("0123"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost",
        "127.8.9.1, localhost:8080",
        "::1, [::1]:8080",
        "0:0:0:0:0:0:0:1, 127.0.0.1",
        "::ffff:127.0.0.1, LOCALHOST:1",
        "127.0.0.1, tunnel.localhost"
    })
    void thisMachineMayWithoutSettings(String peer, String host) {
        assertInstanceOf(
                Decision.Allowed.class, unset(null, null).decide(peer, Fields.of("Host", host)));
        assertInstanceOf(
                Decision.Allowed.class,
                unset("http://127.0.0.1:8080", null).decide(peer, Fields.of("Host", host)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, localhost",
        "127.0.0.1, tunnel.example.com",
        "127.0.0.1, localhost.example.com",
        "127.0.0.1, 127.0.0.1.example.com",
        "127.0.0.1, 0.0.0.0",
        "127.0.0.1, 10.0.0.1:8080",
        "2001:db8::1, localhost",
        "::ffff:10.0.0.1, localhost"
    })
    void othersMayNot(String peer, String host) {
        assertClosed(unset(null, null).decide(peer, Fields.of("Host", host)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded",
                "x-forwarded-for",
                "X-Forwarded-Proto",
                "X-Forwarded-Host",
                "X-Forwarded-Port",
                "X-Forwarded-Server",
                "X-Real-IP",
                "Via"
            })
    void whatAProxyForwardsIsNotOfThisMachine(String name) {
        Fields fields = LOCAL.toBuilder().add(name, "127.0.0.1").build();
        assertClosed(unset(null, null).decide("127.0.0.1", fields));
    }

    @Test
    void aRequestWithoutHostIsNotOfThisMachine() {
        assertClosed(unset(null, null).decide("127.0.0.1", Fields.EMPTY));
    }

    @Test
    void aPublicBaseUrlClosesIt() {
        assertClosed(unset("https://tunnel.example.com", null).decide("127.0.0.1", LOCAL));
    }

    @Test
    void cloudRunClosesItAndTheTextHasItsCommands() {
        String text = assertClosed(unset(null, "my-tunnel").decide("127.0.0.1", LOCAL));
        assertTrue(
                text.contains("gcloud run services update my-tunnel --update-env-vars API_KEYS="),
                text);
        assertTrue(
                text.contains(
                        "gcloud run services update my-tunnel --update-env-vars REGISTRATION=open"),
                text);
    }

    @Test
    void theTextShowsBothWaysOut() {
        String text = assertClosed(unset(null, null).decide("10.0.0.1", LOCAL));
        assertTrue(text.contains("\n  KEY=$(openssl rand -hex 24); echo $KEY\n"), text);
        assertTrue(text.contains("\n  API_KEYS=me:$KEY java -jar "), text);
        assertTrue(text.contains("\n  REGISTRATION=open java -jar "), text);
    }

    private static String assertClosed(Decision decision) {
        Decision.Refused refused = assertInstanceOf(Decision.Refused.class, decision);
        assertEquals(403, refused.status());
        assertEquals("registration-closed", refused.code());
        return refused.text();
    }

    @Test
    void keysCloseItToThoseWithout() {
        RegistrationPolicy policy = new RegistrationPolicy(null, KEYS, null, null);
        assertEquals(Mode.KEYS, policy.mode());
        assertEquals(
                new Decision.Allowed("bert"),
                policy.decide("10.0.0.1", bearer("Bearer bert-key-0123456789")));
        assertEquals(
                new Decision.Allowed("anna"),
                policy.decide("10.0.0.1", bearer("bearer  anna-key-0123456789 ")));
        for (String wrong :
                new String[] {
                    "Bearer",
                    "Bearer ",
                    "Bearer bert-key-012345678",
                    "Bearer bert-key-01234567890",
                    "Basic bert-key-0123456789",
                    "bert-key-0123456789",
                    "Bearer anna"
                }) {
            Decision.Refused refused =
                    assertInstanceOf(
                            Decision.Refused.class, policy.decide("127.0.0.1", bearer(wrong)));
            assertEquals(401, refused.status());
            assertFalse(refused.text().contains("bert"), refused.text());
        }
        assertInstanceOf(Decision.Refused.class, policy.decide("127.0.0.1", LOCAL));
    }

    private static Fields bearer(String value) {
        return LOCAL.toBuilder().add("Authorization", value).build();
    }

    @Test
    void openIsOpen() {
        RegistrationPolicy policy = new RegistrationPolicy(Mode.OPEN, KEYS, null, "service");
        assertInstanceOf(Decision.Allowed.class, policy.decide("10.0.0.1", Fields.EMPTY));
    }

    @Test
    void readsKeys() {
        assertEquals(
                KEYS,
                RegistrationPolicy.parseKeys("anna:anna-key-0123456789, bert:bert-key-0123456789"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cr3t-s3cr3t-s3cr3t",
                "a:s3cr3t",
                ":s3cr3t-s3cr3t-s3cr3t",
                "a:s3cr3t-s3cr3t-s3cr3t,",
                "a:s3cr3t-s3cr3t-s3cr3t,a:s3cr3t-s3cr3t-s3cr3t"
            })
    void otherFormsOfKeysAreRefusedWithoutRepeatingThem(String text) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> RegistrationPolicy.parseKeys(text));
        assertFalse(String.valueOf(e.getMessage()).contains("s3cr3t"), e.getMessage());
    }
}
