package io.cloudtunnel.server.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.cloudtunnel.protocol.frame.Fields;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forwarding fields: who says what, and who is believed. */
class ForwardingTest {

    private static final Fields SPOOFED =
            Fields.of(
                    "Host", "t.example.com",
                    "X-Forwarded-For", "1.1.1.1, 2.2.2.2",
                    "x-forwarded-for", "3.3.3.3",
                    "X-Forwarded-Proto", "https",
                    "X-Forwarded-Host", "evil.example.com",
                    "X-Forwarded-Prefix", "/evil",
                    "Forwarded", "for=evil",
                    "X-Request-Id", "evil-request");

    private static Fields apply(int hops, String peer, boolean secure, Fields request) {
        return new Forwarding(hops)
                .apply(
                        new Forwarding.Arrival(request, request.first("Host"), peer, secure),
                        request,
                        "/pub/A",
                        "r-1");
    }

    @Test
    void nothingIsBelievedWithoutTrustedHops() {
        Fields fields = apply(0, "9.9.9.9", false, SPOOFED);
        assertEquals(List.of("9.9.9.9"), fields.all("X-Forwarded-For"));
        assertEquals(List.of("http"), fields.all("X-Forwarded-Proto"));
        assertEquals(List.of("t.example.com"), fields.all("X-Forwarded-Host"));
        assertEquals(List.of("/pub/A"), fields.all("X-Forwarded-Prefix"));
        assertEquals(List.of("for=9.9.9.9;host=t.example.com;proto=http"), fields.all("Forwarded"));
        assertEquals(List.of("r-1"), fields.all("X-Request-Id"));
        assertEquals(List.of("t.example.com"), fields.all("Host"));
    }

    /** As HTTP_X_FORWARDED_FOR an application would see both. */
    @Test
    void otherSpellingsAreNotBelievedEither() {
        Fields spelt =
                Fields.of(
                        "X_Forwarded_For", "6.6.6.6",
                        "x-forwarded_proto", "https",
                        "X_Request_Id", "evil-request",
                        "X_REAL_IP", "6.6.6.6",
                        "Cloudtunnel_Error", "none",
                        "X_Custom", "kept",
                        "_", "kept");
        Fields fields = apply(0, "9.9.9.9", false, spelt);
        assertEquals(List.of("9.9.9.9"), fields.all("X-Forwarded-For"));
        assertEquals(List.of("kept"), fields.all("X_Custom"));
        assertEquals(List.of("kept"), fields.all("_"));
        fields.filter((name, value) -> name.contains("_") && !value.equals("kept"))
                .forEach((name, value) -> fail(name));
    }

    @ParameterizedTest
    @CsvSource({
        "1, '3.3.3.3, 9.9.9.9', 3.3.3.3",
        "2, '2.2.2.2, 3.3.3.3, 9.9.9.9', 2.2.2.2",
        "9, '1.1.1.1, 2.2.2.2, 3.3.3.3, 9.9.9.9', 1.1.1.1"
    })
    void trustedHopsAreCountedFromTheRight(int hops, String route, String client) {
        Fields fields = apply(hops, "9.9.9.9", false, SPOOFED);
        assertEquals(List.of(route), fields.all("X-Forwarded-For"));
        assertEquals(List.of("https"), fields.all("X-Forwarded-Proto"));
        assertEquals(client, new Forwarding(hops).client(SPOOFED, "9.9.9.9"));
    }

    /** The host of an absolute target counts, not the field (RFC 9112, section 3.2.2). */
    @Test
    void theHostThatWasAskedForIsTheHost() {
        Fields fields = Fields.of("A", "1", "Host", "field.example", "B", "2");
        Fields seen =
                new Forwarding(0)
                        .apply(
                                new Forwarding.Arrival(fields, "target.example", "9.9.9.9", false),
                                fields,
                                "",
                                "r-1");
        assertEquals("Host", seen.name(1));
        assertEquals(List.of("target.example"), seen.all("Host"));
        assertEquals(List.of("target.example"), seen.all("X-Forwarded-Host"));
    }

    @Test
    void tlsOfOurOwnIsHttps() {
        assertEquals("https", apply(0, "9.9.9.9", true, Fields.EMPTY).first("X-Forwarded-Proto"));
    }

    @ParameterizedTest
    @CsvSource({"gopher, http", "'https, http', http", "'http, HTTPS', https"})
    void onlyHttpAndHttpsAreProtocols(String said, String proto) {
        Fields request = Fields.of("X-Forwarded-Proto", said);
        assertEquals(proto, apply(1, "9.9.9.9", false, request).first("X-Forwarded-Proto"));
    }

    @Test
    void addressesOfIpv6AreQuotedAndHostsCannotBreakOut() {
        Fields request = Fields.of("Host", "a\";for=evil");
        assertEquals(
                "for=\"[2001:db8::1]\";host=\"a;for=evil\";proto=http",
                apply(0, "2001:db8::1", false, request).first("Forwarded"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cloudtunnel-Error",
                "cloudtunnel-x",
                "X-Tunnel-Id",
                "X-Real-IP",
                "X-Forwarded-Port"
            })
    void reservedNamesAreDropped(String name) {
        assertFalse(apply(3, "9.9.9.9", false, Fields.of(name, "evil")).contains(name));
    }
}
