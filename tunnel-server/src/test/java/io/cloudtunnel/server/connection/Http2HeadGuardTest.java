package io.cloudtunnel.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Does it see each field, whatever form it has, and however it is cut? */
class Http2HeadGuardTest {

    private static final int MOST = 1000;

    private final Http2HeadGuard guard = new Http2HeadGuard(64 * 1024);

    /** How many fields may follow these bytes before it is too many. */
    private int roomBehind(String hex, int flags, int pieceBytes) {
        byte[] head = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertTrue(guard.begin(flags, head.length));
        for (int at = 0; at < head.length; at += pieceBytes) {
            assertTrue(guard.payload(head, at, Math.min(head.length, at + pieceBytes)));
        }
        int room = 0;
        while (guard.payload(new byte[] {(byte) 0x82}, 0, 1)) {
            room++;
        }
        return room;
    }

    private void assertFields(int count, String hex) {
        for (int pieceBytes = 1; pieceBytes < 4; pieceBytes++) {
            assertEquals(MOST - count, roomBehind(hex, 0, pieceBytes), hex);
        }
    }

    @Test
    void eachForm() {
        assertFields(1, "82"); // indexed
        assertFields(1, "ff 80 01"); // with a large index
        assertFields(1, "40 01 61 01 62"); // literal, kept
        assertFields(1, "41 01 62"); // the same of a known name
        assertFields(1, "7f 03 01 62"); // of a known name with a large index
        assertFields(1, "00 01 61 00"); // literal, not kept
        assertFields(1, "10 01 61 02 82 82"); // never kept, with bytes that look like fields
        assertFields(1, "0f 2f 01 82");
        assertFields(0, "20"); // the table's size
        assertFields(0, "3f e1 1f");
        assertFields(3, "20 82 00 01 61 01 82 be");
    }

    @Test
    void longTexts() {
        String value = "82".repeat(127 + 3);
        assertFields(2, "00 01 61 7f 03" + value + "82");
        assertFields(2, "00 01 61 ff 03" + value + "82"); // Huffman's code
    }

    @Test
    void whatStandsBeforeTheFields() {
        assertEquals(MOST - 1, roomBehind("00 82", 8, 1)); // padded
        assertEquals(MOST - 1, roomBehind("82 82 82 82 82 82", 0x20, 1)); // priority
        assertEquals(MOST - 1, roomBehind("00 82 82 82 82 82 82", 0x28, 1));
    }

    @Test
    void framesAndBytes() {
        assertTrue(guard.begin(0, 0));
        for (int i = 1; i < 64; i++) {
            assertTrue(guard.goesOn(1000));
        }
        assertFalse(guard.goesOn(0));
        assertTrue(guard.begin(0, 60_000), "another head");
        assertTrue(guard.goesOn(5536));
        assertFalse(guard.goesOn(1));
    }

    @Test
    void fieldsOfAllFrames() {
        byte[] fields = new byte[600];
        Arrays.fill(fields, (byte) 0xbe);
        assertTrue(guard.begin(0, 600));
        assertTrue(guard.payload(fields, 0, 600));
        assertTrue(guard.goesOn(600));
        assertFalse(guard.payload(fields, 0, 600));
    }
}
