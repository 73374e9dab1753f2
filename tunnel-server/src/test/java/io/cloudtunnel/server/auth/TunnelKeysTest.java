package io.cloudtunnel.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of TUNNEL_KEY. */
class TunnelKeysTest {

    private static final String KEY = "s3cr3t-0123456789-0123456789-0123456789";

    @Test
    void aKeyAloneIsCalledK0() {
        assertEquals("k0", TunnelKeys.parse(KEY).signing().id());
    }

    @Test
    void theFirstOfSeveralSigns() {
        TunnelKeys keys = TunnelKeys.parse("new:" + KEY + "a, old:" + KEY + "b");
        assertEquals("new", keys.signing().id());
        assertNotNull(keys.byId("old"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":" + KEY,
                "a:s3cr3t",
                "s3cr3t",
                KEY + ",",
                KEY + "," + KEY,
                "a:" + KEY + ",a:" + KEY,
                "a b:" + KEY,
                "a.b:" + KEY,
                "k23456789012345678901234567890123:" + KEY
            })
    void otherFormsAreRefusedWithoutRepeatingThem(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> TunnelKeys.parse(text));
        assertFalse(String.valueOf(e.getMessage()).contains("s3cr3t"), e.getMessage());
    }

    @Test
    void noKeyIsInAText() {
        TunnelKeys keys = TunnelKeys.parse("a:" + KEY);
        assertFalse((keys.signing() + " " + keys.all()).contains("s3cr3t"));
    }
}
