package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    @ParameterizedTest
    @CsvSource({
        "a, a, -1",
        "a:, a, -1",
        "A.b-c_d~e:0, A.b-c_d~e, 0",
        "127.0.0.1:65535, 127.0.0.1, 65535",
        "a%20b:80, a%20b, 80",
        "[::1]:80, ::1, 80",
        "[::], ::, -1",
    })
    void wellFormed(String text, String address, int port) {
        Authority authority = Authority.parse(text);
        assertNotNull(authority);
        assertEquals(address, authority.address());
        assertEquals(port, authority.port());
        assertEquals(port < 0 ? 443 : port, authority.portOr(443));
        assertEquals(authority, Authority.parse(authority.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "a:b",
                "a:+1",
                "a:65536",
                "a:000080",
                "a:80:80",
                "a b",
                "a/",
                "a@b",
                "a?b",
                "a#b",
                "a\"",
                "a,b",
                "a;b",
                "a\\b",
                "a%2",
                "a%zz",
                "\u00e9",
                "[",
                "[]",
                "[]:1",
                "[a",
                "[::1]a",
                "x[::1]",
                "::1",
                "[::1%25eth0]",
                "[v1.x]",
                "[127.0.0.1]"
            })
    void malformed(String text) {
        assertNull(Authority.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1:2:3:4:5:6:7:8",
                "::",
                "::1",
                "1::",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "fe80::a:B",
                "::ffff:1.2.3.4",
                "1:2:3:4:5:6:1.2.3.4",
                "1::1.2.3.4"
            })
    void addresses(String text) {
        assertNotNull(Authority.parse("[" + text + "]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "1:2:3:4::5:6:7:8",
                ":::",
                ":1::",
                "1::2::3",
                "12345::",
                "g::",
                "1.2.3.4::",
                "::1.2.3",
                "::1.2.3.256",
                "::1.2.3.04",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1:",
                "\u0661::"
            })
    void noAddresses(String text) {
        assertNull(Authority.parse("[" + text + "]"));
    }
}
