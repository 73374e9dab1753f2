package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadsTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?", "/a%2Fb?x=1", "/a?b?c", "*", "/?a=%00&&"})
    void aTargetIsSplitAndJoinedByteForByte(String target) {
        assertEquals(target, RequestHead.of("GET", target, Fields.EMPTY).target());
    }

    @Test
    void anEmptyQueryIsNotTheSameAsNone() {
        assertNull(RequestHead.of("GET", "/a", Fields.EMPTY).query());
        assertEquals("", RequestHead.of("GET", "/a?", Fields.EMPTY).query());
        assertEquals("b?c", RequestHead.of("GET", "/a?b?c", Fields.EMPTY).query());
    }

    @Test
    void copiesChangeOnePartOnly() {
        RequestHead head = RequestHead.of("PUT", "/a?b", Fields.of("A", "1"));
        assertEquals("/c?b", head.withPath("/c").target());
        assertEquals("1", head.withPath("/c").fields().first("a"));
        assertEquals(Fields.EMPTY, head.with(Fields.EMPTY).fields());
        ResponseHead response = new ResponseHead(404, "Gone Fishing", Fields.EMPTY);
        assertEquals("Gone Fishing", response.with(Fields.of("A", "1")).reason());
    }

    @Test
    void queryAndValuesAreNotShown() {
        RequestHead head =
                RequestHead.of("GET", "/a?token=hunter2", Fields.of("Cookie", "hunter2"));
        assertEquals("GET /a?... Fields[cookie]", head.toString());
        assertFalse(
                new ResponseHead(200, Fields.of("Set-Cookie", "hunter2"))
                        .toString()
                        .contains("hunter2"));
    }

    @ParameterizedTest
    @CsvSource({"100,true", "103,true", "199,true", "101,false", "200,false", "999,false"})
    void whatFollowsAnInterimHead(int status, boolean interim) {
        assertEquals(interim, new ResponseHead(status, Fields.EMPTY).isInterim());
    }

    @ParameterizedTest
    @ValueSource(ints = {-200, 0, 99, 1000})
    void aStatusHasThreeDigits(int status) {
        assertThrows(IllegalArgumentException.class, () -> new ResponseHead(status, Fields.EMPTY));
    }

    @Test
    void theLongestMessageHasRoomForTheLargestBody() {
        Limits limits = Limits.DEFAULT;
        assertEquals((64 << 20) / 3 * 4 + 4 + (1 << 20), limits.jsonMessageBytes());
        assertTrue(
                limits.toBuilder().jsonBodyBytes(0).build().jsonMessageBytes()
                        >= 8 * limits.headBytes());
    }
}
