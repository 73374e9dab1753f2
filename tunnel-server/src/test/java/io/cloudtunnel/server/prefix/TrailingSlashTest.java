package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests for the bare prefix get a slash. */
class TrailingSlashTest {

    private static final String PREFIX = "/pub/" + "a".repeat(32);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, P, P/",
                "HEAD, P?, P/?",
                "GET, P?a=/b&c=%2F, P/?a=/b&c=%2F",
                "GET, P/, -",
                "GET, P/?a, -",
                "GET, P/x, -",
                "GET, Px, -",
                "GET, /pub/x, -",
                "GET, /pub/.., -",
                "GET, /pub/, -",
                "GET, /pub, -",
                "GET, /, -",
                "POST, P, -"
            })
    void pagesGetIt(String method, String target, @Nullable String location) {
        Fields[] navigations = {
            Fields.of("Accept", "text/html"),
            Fields.of("Sec-Fetch-Mode", "navigate", "Accept", "*/*")
        };
        for (Fields fields : navigations) {
            RequestHead head = RequestHead.of(method, target.replace("P", PREFIX), fields);
            assertEquals(
                    location == null ? null : location.replace("P", PREFIX),
                    TrailingSlash.location(head));
        }
    }

    @ParameterizedTest
    @CsvSource({"Accept, */*", "Accept, application/json", "Sec-Fetch-Mode, cors", "X, text/html"})
    void othersDoNot(String name, String value) {
        assertNull(TrailingSlash.location(RequestHead.of("GET", PREFIX, Fields.of(name, value))));
    }
}
