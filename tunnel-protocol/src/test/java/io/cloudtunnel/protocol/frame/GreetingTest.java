package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GreetingTest {

    private static Greeting of(int jsonMaxBody) {
        return Greeting.of("test", Limits.DEFAULT.toBuilder().jsonMaxBody(jsonMaxBody).build());
    }

    @Test
    void saysTheDefaultsByDefault() {
        assertEquals(4096, Greeting.of("test", Limits.DEFAULT).jsonMaxBody());
        assertEquals(64 * 1024, Greeting.of("test", Limits.DEFAULT).textMax());
    }

    @Test
    void noTextAtAllWhereItsBodiesMayHaveNothing() {
        assertEquals(0, of(0).jsonMaxBody());
    }

    @Test
    void longTextsForLongBodies() {
        assertEquals(Limits.MOST_JSON_MAX_BODY, of(Limits.MOST_JSON_MAX_BODY).jsonMaxBody());
        assertEquals(128 * 1024, of(Limits.MOST_JSON_MAX_BODY).textMax());
    }
}
