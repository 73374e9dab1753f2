package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.StatusCounters;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.Map;

/** The figures of one tunnel, or of all that share them. */
final class TunnelMeters implements Observer.Traffic {

    private final StatusCounters requests;
    private final Map<Leg, Counter> failures = new EnumMap<>(Leg.class); // all of them
    private final Counter bytesIn;
    private final Counter bytesOut;

    TunnelMeters(Meters meters, String tunnel) {
        requests =
                new StatusCounters(
                        meters,
                        "cloudtunnel.requests",
                        "public requests that have ended",
                        "tunnel",
                        tunnel);
        for (Leg leg : Leg.values()) {
            failures.put(
                    leg,
                    meters.counter(
                            "cloudtunnel.request.failures",
                            "public requests that a leg failed",
                            "tunnel",
                            tunnel,
                            "leg",
                            leg.word()));
        }
        bytesIn = bytes(meters, tunnel, "request");
        bytesOut = bytes(meters, tunnel, "response");
    }

    private static Counter bytes(Meters meters, String tunnel, String direction) {
        return meters.counter(
                "cloudtunnel.body.bytes",
                "bytes of bodies, as they pass",
                "tunnel",
                tunnel,
                "direction",
                direction);
    }

    @Override
    public void read(int bytes) {
        bytesIn.increment(bytes);
    }

    @Override
    public void written(int bytes) {
        bytesOut.increment(bytes);
    }

    TrafficTotals totals() {
        double failed = 0;
        for (Map.Entry<Leg, Counter> each : failures.entrySet()) {
            failed += each.getKey() == Leg.CLIENT ? 0 : each.getValue().count();
        }
        return new TrafficTotals(requests.sum(), failed, bytesIn.count(), bytesOut.count());
    }

    void ended(RequestLog request) {
        requests.count(request.statusCode());
        ErrorCode failure = request.failure();
        Counter failed = failure == null ? null : failures.get(Leg.of(failure));
        if (failed != null) {
            failed.increment();
        }
    }
}
