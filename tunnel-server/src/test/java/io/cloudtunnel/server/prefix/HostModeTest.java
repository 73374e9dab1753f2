package io.cloudtunnel.server.prefix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts are tunnels; {@code ID} stands for an id in the tables. */
class HostModeTest {

    private static final String ID = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String CUSTOM_ID = "b".repeat(32);

    private static final HostMode HOSTS =
            new HostMode("Tunnels.Example.com.", Map.of("App.example.org", CUSTOM_ID));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ID.tunnels.example.com",
                "ID.tunnels.example.com:8080",
                "ID.tunnels.example.com.",
                "ID.tunnels.example.com.:443",
                "ID.tunnels.example.com:",
                "ID.TUNNELS.Example.COM",
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567.tunnels.example.com"
            })
    void oneLabelBelowTheDomainIsATunnel(String host) {
        assertEquals(ID, HOSTS.tunnelOf(host.replace("ID", ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.example.org", "APP.example.ORG:8080", "app.example.org."})
    void furtherHostsAreTunnels(String host) {
        assertEquals(CUSTOM_ID, HOSTS.tunnelOf(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":80",
                "tunnels.example.com",
                ".tunnels.example.com",
                "www.tunnels.example.com",
                "x.ID.tunnels.example.com",
                "ID..tunnels.example.com",
                "ID.tunnels.example.com..",
                "IDx.tunnels.example.com",
                "ID.xtunnels.example.com",
                "IDtunnels.example.com",
                "ID.tunnels.example.com.evil.org",
                "ID.evil.org",
                "ID",
                "1bcdefghijklmnopqrstuvwxyz234567.tunnels.example.com",
                "\u0130bcdefghijklmnopqrstuvwxyz23456.tunnels.example.com",
                "x.app.example.org",
                "[::1]:8080",
                "127.0.0.1"
            })
    void otherHostsAreNot(String host) {
        assertNull(HOSTS.tunnelOf(host.replace("ID", ID)));
    }

    @Test
    void noHostIsNone() {
        assertNull(HOSTS.tunnelOf(null));
        assertNull(new HostMode("example.com", Map.of()).tunnelOf("app.example.org"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com, https://ID.tunnels.example.com",
        "https://example.com/base/, https://ID.tunnels.example.com",
        "https://tunnels.example.com:8443/, https://ID.tunnels.example.com:8443",
        "http://localhost:8080, http://ID.tunnels.example.com:8080"
    })
    void publicUrlsTakeSchemeAndPortOfTheBase(String base, String expected) {
        assertEquals(URI.create(expected.replace("ID", ID)), HOSTS.publicUrl(ID, URI.create(base)));
    }

    @Test
    void hostsThatWereGivenComeFirst() {
        Map<String, String> given =
                HostMode.parse("Shop.example.org=" + CUSTOM_ID + ", b.example.org = " + CUSTOM_ID);
        URI base = URI.create("https://example.com:8443/");
        URI shop = URI.create("https://shop.example.org:8443");
        assertEquals(shop, new HostMode("example.com", given).publicUrl(CUSTOM_ID, base));
        HostMode alone = new HostMode(null, given);
        assertEquals(shop, alone.publicUrl(CUSTOM_ID, base));
        assertNull(alone.publicUrl(ID, base), "it has no host");
        assertEquals(CUSTOM_ID, alone.tunnelOf("B.example.org:1"));
        assertNull(alone.tunnelOf(ID + ".example.org"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a.example=",
                "=ID",
                "a.example=ID,",
                "a=ID,A=ID",
                "a=ID,a=ID",
                "https://a=ID",
                "a=ID;b=ID",
                "a=id"
            })
    void onlyHostsWithIdsAreRead(String text) {
        String list = text.replace("ID", ID);
        assertThrows(
                IllegalArgumentException.class, () -> new HostMode(null, HostMode.parse(list)));
    }

    @Test
    void aBaseNeedsAScheme() {
        URI base = URI.create("//example.com");
        assertThrows(IllegalArgumentException.class, () -> HOSTS.publicUrl(ID, base));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ".example.com",
                "*.example.com",
                "https://example.com",
                "example.com:8080",
                "example.com/x",
                "example..com",
                "-a.example.com",
                "a_b.example.com",
                "a b.com",
                "\u00e4.example.com",
                "10.0.0.1",
                "[::1]",
                "a234567890123456789012345678901234567890123456789012345678901234.com",
                "LONG"
            })
    void onlyNamesOfDnsAreTaken(String domain) {
        String name = domain.equals("LONG") ? "a.".repeat(109) + "com" : domain;
        String message =
                assertThrows(IllegalArgumentException.class, () -> new HostMode(name, Map.of()))
                        .getMessage();
        assertTrue(String.valueOf(message).contains("such as tunnels.example.com"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> new HostMode("example.com", Map.of(name, CUSTOM_ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "example.com", "a-1.example.com", "xn--4ca.example.com"})
    void namesOfDnsAre(String domain) {
        assertEquals(ID, new HostMode(domain, Map.of()).tunnelOf(ID + "." + domain));
    }

    @Test
    void aCustomHostNeedsAnId() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new HostMode("example.com", Map.of("a.example.org", "x")))
                        .getMessage();
        assertTrue(String.valueOf(message).contains("32 characters"), message);
    }
}
