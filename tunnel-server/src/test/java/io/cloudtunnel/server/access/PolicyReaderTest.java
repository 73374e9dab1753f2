package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.PasswordHash;
import io.cloudtunnel.protocol.http.IpAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {

    @Test
    void aWholePolicyIsRead() {
        AccessPolicy policy =
                PolicyReader.read(
                        """
                        {"allow": ["192.0.2.0/24", "::1"], "deny": "192.0.2.7",
                         "basic": {"anna": "%s"},
                         "jwt": {"issuer": "i", "audience": ["a", "b"], "jwks": "https://k.example/",
                                 "claims": {"hd": "x", "roles": ["p", "q"], "ok": true},
                                 "algorithms": ["ES256"], "skew": 5},
                         "forward-credentials": true}
                        """
                                .formatted(PasswordHash.of("x").text()));
        assertEquals(2, policy.allow().size());
        assertEquals(1, policy.deny().size());
        assertEquals(Set.of("anna"), policy.basic().keySet());
        JwtRule rule = policy.jwt();
        assertNotNull(rule);
        assertEquals(Set.of("a", "b"), rule.audience());
        assertEquals(List.of("p", "q"), rule.claims().get("roles"));
        assertEquals(List.of("true"), rule.claims().get("ok"));
        assertEquals(5, rule.skew().toSeconds());
        assertTrue(policy.forwardsCredentials());
        assertFalse(PolicyReader.read("{}").asksCredentials());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|access: it must be an object",
                "7|access: it must be an object",
                "{|access: not one JSON object",
                "{}{}|access: not one JSON object",
                "{'allow':[],'allow':['::1']}|access: not one JSON object",
                "{'alow':['::1']}|access: unknown key 'alow'; did you mean 'allow'?",
                "{'x':['::1']}|access: unknown key 'x'; known are: allow, deny,",
                "{'jwt':{'isuer':'x'}}|access.jwt: unknown key 'isuer'; did you mean 'issuer'?",
                "{'allow':[]}|access.allow: it must be",
                "{'allow':null}|access.allow: it must be",
                "{'allow':{}}|access.allow: it must be",
                "{'allow':['x']}|access.allow: 'x' is no address",
                "{'deny':['192.0.2.1/24']}|access.deny: '192.0.2.1/24' has bits",
                "{'basic':{}}|access.basic: it must be",
                "{'basic':{'a':'open sesame'}}|access.basic: a password must be hashed",
                "{'basic':{'a:b':'x'}}|access.basic: a name",
                "{'jwt':{}}|access.jwt.issuer: it must be",
                "{'jwt':{'issuer':'i'}}|access.jwt.jwks: it must be",
                "{'jwt':{'issuer':'i','jwks':'file:///etc/passwd'}}|access.jwt.jwks: it must be",
                "{'jwt':{'issuer':'i','jwks':'https://u:p@h/'}}|access.jwt.jwks: it must be",
                "{'jwt':{'issuer':'i','jwks':'https://h/','claims':{}}}|access.jwt.claims: it must",
                "{'jwt':{'issuer':'i','jwks':'https://h/','algorithms':['none']}}|access.jwt.alg",
                "{'jwt':{'issuer':'i','jwks':'https://h/','algorithms':['HS256']}}|access.jwt.alg",
                "{'jwt':{'issuer':'i','jwks':'https://h/','skew':301}}|access.jwt.skew: it must",
                "{'forward-credentials':'yes'}|access.forward-credentials: it must be",
            })
    void whatIsWrongIsNamed(String policy, String message) {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> PolicyReader.read(policy.replace('\'', '"')));
        String said = String.valueOf(e.getMessage());
        assertTrue(said.startsWith(message), said);
        assertFalse(said.contains("sesame"), "a password is not repeated");
    }

    @Test
    void whatAnAgentSaysForgesNoLine() {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> PolicyReader.read("{\"allow\":[\"a\\r\\nforged\"]}"));
        assertFalse(String.valueOf(e.getMessage()).contains("\n"), e.getMessage());
    }

    @Test
    void addressesAreAdmittedByBothLists() {
        AccessPolicy policy =
                PolicyReader.read("{\"allow\":[\"192.0.2.0/24\"],\"deny\":[\"192.0.2.7\"]}");
        assertTrue(policy.admits(IpAddress.parse("192.0.2.1")));
        assertFalse(policy.admits(IpAddress.parse("192.0.2.7")));
        assertFalse(policy.admits(IpAddress.parse("::ffff:192.0.2.7")));
        assertFalse(policy.admits(IpAddress.parse("198.51.100.1")));
        assertFalse(policy.admits(null), "an address that cannot be read");
        AccessPolicy denying = PolicyReader.read("{\"deny\":[\"192.0.2.7\"]}");
        assertTrue(denying.admits(IpAddress.parse("::1")));
        assertFalse(denying.admits(null), "an address that cannot be read");
        assertTrue(PolicyReader.read("{}").admits(null));
    }
}
