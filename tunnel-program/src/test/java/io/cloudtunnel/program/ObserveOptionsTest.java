package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the settings about logs and the admin listener. */
class ObserveOptionsTest {

    private static final String TOKEN = "abcdefghijklmnop";

    private static Observation of(Map<String, String> values) {
        return ObserveOptions.ofServer(Settings.of(ObserveOptions.OF_SERVER, values));
    }

    private static String refused(Map<String, String> values) {
        return String.valueOf(assertThrows(SettingException.class, () -> of(values)).getMessage());
    }

    @Test
    void withoutAnyNothingIsOpened() {
        assertEquals(Observation.DEFAULT, of(Map.of()));
        assertNull(Observation.DEFAULT.admin());
        assertFalse(Observation.DEFAULT.logsQuery());
    }

    @Test
    void aPortAloneIsOpenedOnLoopback() {
        assertEquals(new Admin("127.0.0.1", 9090, null), of(Map.of("admin-port", "9090")).admin());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1"})
    void anAddressThatOthersReachNeedsAToken(String host) {
        String text = refused(Map.of("admin-port", "9090", "admin-host", host));
        assertTrue(text.contains("Set ADMIN_TOKEN"), text);
        Map<String, String> guarded =
                Map.of("admin-port", "9090", "admin-host", host, "admin-token", TOKEN);
        assertEquals(new Admin(host, 9090, TOKEN), of(guarded).admin());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "127.8.8.8"})
    void aLoopbackAddressNeedsNone(String host) {
        assertEquals(
                new Admin(host, 0, null),
                of(Map.of("admin-port", "0", "admin-host", host)).admin());
    }

    @Test
    void withoutPortTheOthersAreAMistake() {
        assertTrue(refused(Map.of("admin-token", TOKEN)).contains("ADMIN_PORT"));
        assertTrue(refused(Map.of("admin-host", "::1")).contains("ADMIN_PORT"));
    }

    @Test
    void theTokenIsNeverShown() {
        assertFalse(new Admin("::", 1, TOKEN).toString().contains(TOKEN));
        String text = refused(Map.of("admin-port", "1", "admin-token", "a b" + TOKEN));
        assertFalse(text.contains(TOKEN), text);
    }

    @Test
    void theRestIsTakenAsItIs() {
        Observation all =
                of(
                        Map.of(
                                "log-query", "true",
                                "google-cloud-project", "shop-1",
                                "metrics-tunnels", "7"));
        assertTrue(all.logsQuery());
        assertEquals("shop-1", all.traceProject());
        assertEquals(7, all.metricsTunnels());
    }
}
