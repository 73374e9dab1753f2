package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Leg;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last requests that failed, {@value #MOST} for each leg: whoever makes one leg fail again and
 * again does not hide the others. Safe for use by several threads.
 */
final class RecentErrors {

    static final int MOST = 20;

    /** What is kept of one; nothing in it is longer than in a log line. */
    private record Failed(
            String id,
            Instant time,
            @Nullable String tunnel,
            String agent,
            String what,
            long millis) {}

    private final Clock clock;
    private final Map<Leg, Deque<Failed>> byLeg = new EnumMap<>(Leg.class); // all legs

    /** None so far. */
    RecentErrors(Clock clock) {
        this.clock = clock;
        for (Leg leg : Leg.values()) {
            byLeg.put(leg, new ArrayDeque<>(MOST));
        }
    }

    void add(RequestLog request, ErrorCode failure) {
        String agent = request.agent();
        Failed failed =
                new Failed(
                        request.requestId(),
                        clock.instant(),
                        request.tunnelId(),
                        RequestLine.agent(agent),
                        new RequestLine(request).message(),
                        request.totalNanos() / 1_000_000);
        Deque<Failed> last = of(Leg.of(failure));
        synchronized (last) { // nothing in here waits
            if (last.size() == MOST) {
                last.removeLast();
            }
            last.addFirst(failed);
        }
    }

    private Deque<Failed> of(Leg leg) {
        return byLeg.getOrDefault(leg, new ArrayDeque<>());
    }

    /** Adds a table for each leg, the newest first. */
    void report(StatusReport report) {
        for (Leg leg : Leg.values()) {
            StatusReport.Table table =
                    report.table("Recent errors: " + leg.word())
                            .column("request", StatusReport.Kind.TEXT)
                            .column("time", StatusReport.Kind.TEXT)
                            .column("tunnel", StatusReport.Kind.TEXT)
                            .column("agent", StatusReport.Kind.TEXT)
                            .column("what", StatusReport.Kind.TEXT)
                            .column("took", StatusReport.Kind.DURATION);
            for (Failed each : copy(of(leg))) {
                table.row(
                        each.id,
                        each.time.truncatedTo(ChronoUnit.SECONDS),
                        each.tunnel,
                        each.agent,
                        each.what,
                        each.millis);
            }
        }
    }

    private static List<Failed> copy(Deque<Failed> last) {
        synchronized (last) {
            return new ArrayList<>(last);
        }
    }
}
