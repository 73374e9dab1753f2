package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which name is guessed for one that is not known, and where none is. */
class NearMissTest {

    private static final List<String> KNOWN =
            List.of("id", "port", "role", "local", "local-ca", "link-lifetime", "public-base-url");

    @ParameterizedTest
    @CsvSource({
        "prot,port",
        "pord,port",
        "por,port",
        "PORT,port",
        "ports,port",
        "port-number,port",
        "locla,local",
        "local_ca,local-ca",
        "--local-cas,local-ca",
        "link-lifetme,link-lifetime",
        "linklifetime,link-lifetime",
        "link-lifetmie-,link-lifetime",
        "link,link-lifetime",
        "PUBLIC_BASE_URI,public-base-url",
        "public-base,public-base-url",
    })
    void isFound(String given, String meant) {
        assertEquals(meant, NearMiss.of(given, KNOWN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "xy", "pool", "rest", "link-life-of-it", "server", "po"})
    void isNotFound(String given) {
        assertNull(NearMiss.of(given, KNOWN));
    }

    @Test
    void distances() {
        assertEquals(0, NearMiss.distance("abc", "abc"));
        assertEquals(3, NearMiss.distance("", "abc"));
        assertEquals(1, NearMiss.distance("abcd", "abdc"));
        assertEquals(2, NearMiss.distance("abcd", "xbcdy"));
    }
}
