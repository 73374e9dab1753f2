package io.cloudtunnel.protocol.ws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WsHandshakeTest {

    @Test
    void acceptKeyOfTheRfc() {
        String accept = WsHandshake.acceptKey("dGhlIHNhbXBsZSBub25jZQ==");
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept);
    }

    @Test
    void newKeysAreValidAndDiffer() {
        String key = WsHandshake.newKey();
        assertTrue(WsHandshake.isValidKey(key), key);
        assertNotEquals(key, WsHandshake.newKey());
    }

    @Test
    void refusesWhatIsNotBase64Of16Bytes() {
        assertTrue(WsHandshake.isValidKey("dGhlIHNhbXBsZSBub25jZQ=="));
        assertFalse(WsHandshake.isValidKey(""));
        assertFalse(WsHandshake.isValidKey("dGhlIHNhbXBsZSBub25jZQ"));
        assertFalse(WsHandshake.isValidKey("dGhlIHNhbXBsZSBub25jZSE="));
        assertFalse(WsHandshake.isValidKey("dGhlIHNhbXBsZSBub25j*Q=="));
        assertFalse(WsHandshake.isValidKey("dGhlIHNhbXBsZSBub25jZSEh"));
    }
}
