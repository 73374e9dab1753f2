package io.cloudtunnel.protocol.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "/..",
                "/../x",
                "/a/../..",
                "/a/../../b",
                "/%2e%2e",
                "/%2E./x",
                "/.%2e/x",
                "/a/%2e%2E/..",
                "/..%2fx",
                "/..%2Fx",
                "/..%5cx",
                "/..\\x",
                "\\..\\x",
                "/a%2f..%2f..",
                "/a\\..\\..\\",
                // One reading has two segments here, another one.
                "/a%2fb/../../x",
                "//../x",
                "/a//../../x",
                "/./../x",
                "/..;/x",
                "/..;a=b/x",
                "/..%3b/x",
                "/;x/../y",
            })
    void climbs(String path) {
        assertTrue(Targets.climbs(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "/a/..",
                "/a/../b",
                "/a/b/../../c",
                "/a/./../b",
                "/a//../b",
                "/...",
                "/.../../x",
                "/..a",
                "/a..",
                "/a../b",
                "/.a/..",
                "/%2e",
                "/.",
                "/a/%2e%2e/b",
                "/%252e%252e/x",
                "/%2",
                "/%",
                "/%zz/..",
                "/%2e%2e%2e/..",
                "/a;x=../b",
                "/a;x/../b",
                "/a%2fb/../c",
                "/a%2f../b",
                "/%..",
            })
    void stays(String path) {
        assertFalse(Targets.climbs(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "%61", "a%2Fb%c3%A9", "%25%25"})
    void isWellEncoded(String text) {
        assertTrue(Targets.isWellEncoded(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%", "%4", "%zz", "%4g/", "%%41", "%61%", "%\uff11\uff11"})
    void isNotWellEncoded(String text) {
        assertFalse(Targets.isWellEncoded(text));
    }
}
