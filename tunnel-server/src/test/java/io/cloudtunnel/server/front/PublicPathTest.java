package io.cloudtunnel.server.front;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a raw path says about the tunnel, and what is left of it. */
class PublicPathTest {

    @ParameterizedTest
    @CsvSource({
        "/pub/A, A, /",
        "/pub/A/, A, /",
        "/pub/A/b%2Fc, A, /b%2Fc",
        "/pub/A//b, A, //b",
        "/pub/A/x/../b, A, /x/../b",
        "/pub/A/%C3%A4;v=1, A, /%C3%A4;v=1",
        "/pub/A%2Fb/c, A%2Fb, /c",
        "/pub//b, '', /b"
    })
    void keepsTheRestAsItCame(String path, String id, String rest) {
        assertEquals(new PublicPath(id, rest), PublicPath.parse(path));
    }
}
