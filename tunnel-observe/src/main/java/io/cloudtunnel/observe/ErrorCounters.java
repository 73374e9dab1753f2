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

    /** Adds a table of those that there were. */
    public void report(StatusReport report) {
        StatusReport.Table table =
                report.table("Errors so far")
                        .column("code", StatusReport.Kind.TEXT)
                        .column("leg", StatusReport.Kind.TEXT)
                        .column("requests", StatusReport.Kind.NUMBER);
        byCode.forEach((code, counter) -> {
            if (counter.count() > 0) {
                table.row(code.token(), Leg.of(code).word(), counter.count());
            }
        });
    }

    /** Counts one. */
    public void count(ErrorCode code) {
        Counter counter = byCode.get(code);
        if (counter != null) { // always
            counter.increment();
        }
    }
}
