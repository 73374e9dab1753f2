package io.cloudtunnel.observe;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Map;

/** Counts by error and the leg that it blames: as many figures as there are errors. */
public final class ErrorCounters {

    private final Map<ErrorCode, Counter> byCode = new EnumMap<>(ErrorCode.class);

    /** Counters of one name. */
    public ErrorCounters(Meters meters, String name, String what) {
        for (ErrorCode code : ErrorCode.values()) {
            byCode.put(
                    code,
                    meters.counter(name, what, "code", code.token(), "leg", Leg.of(code).word()));
        }
    }

    /** Counts one. */
    public void count(ErrorCode code) {
        Counter counter = byCode.get(code);
        if (counter != null) { // always
            counter.increment();
        }
    }
}
