package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RegistrationRatesTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String ONE = "192.0.2.1";
    private static final String OTHER = "192.0.2.2";

    private final AtomicLong now = new AtomicLong(5 * SECOND);
    private final RegistrationRates rates = new RegistrationRates(30, now::get);

    private int begun(String address) {
        int count = 0;
        while (count < 1000 && rates.begin(address) == null) {
            count++;
        }
        return count;
    }

    @Test
    void anAddressRegistersSoOftenInAMinute() {
        assertEquals(30, begun(ONE), "all of them at once: many agents may be behind one address");
        RegistrationRates.Over over = rates.begin(ONE);
        assertNotNull(over);
        assertEquals("registrations", over.limit());
        assertEquals(2, over.retrySeconds());
        assertEquals(30, begun(OTHER), "each for itself");
        now.addAndGet(2 * SECOND);
        assertEquals(1, begun(ONE));
        now.addAndGet(600 * SECOND);
        assertEquals(30, begun(ONE), "no more is saved");
    }

    @Test
    void aThirdOfThemMayFail() {
        for (int i = 0; i < 10; i++) {
            assertNull(rates.begin(ONE), "guess " + i);
            rates.failed(ONE);
        }
        RegistrationRates.Over over = rates.begin(ONE);
        assertNotNull(over);
        assertEquals("registration-failures", over.limit());
        assertEquals(6, over.retrySeconds());
        assertNull(rates.begin(OTHER));
        now.addAndGet(6 * SECOND);
        assertNull(rates.begin(ONE));
        rates.failed(ONE);
        assertNotNull(rates.begin(ONE));
    }

    @Test
    void anIpv6ClientIsA64() {
        assertEquals(30, begun("2001:db8::1"));
        assertNotNull(rates.begin("[2001:db8::2]:4711"));
        assertNull(rates.begin("2001:db8:0:1::1"));
        assertNotNull(rates.begin("2001:db8::ffff"));
    }

    @Test
    void whoCannotBeReadCountsAsOne() {
        assertEquals(30, begun("nonsense"));
        assertNotNull(rates.begin("other nonsense"));
    }

    @Test
    void theTableIsBounded() {
        for (int i = 0; i < RegistrationRates.MOST_CLIENTS + 1000; i++) {
            rates.begin("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255));
        }
        assertTrue(rates.size() <= RegistrationRates.MOST_CLIENTS, rates.size() + " are kept");
    }

    @Test
    void withoutALimitNothingIsCounted() {
        RegistrationRates none = new RegistrationRates(0, now::get);
        for (int i = 0; i < 1000; i++) {
            none.failed(ONE);
            assertNull(none.begin(ONE));
        }
        assertEquals(0, none.size());
    }
}
