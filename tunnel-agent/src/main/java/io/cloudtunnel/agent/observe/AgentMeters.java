package io.cloudtunnel.agent.observe;

import io.cloudtunnel.observe.ErrorCounters;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.StatusCounters;
import io.cloudtunnel.observe.StatusReport;
import io.cloudtunnel.observe.StatusReport.Kind;
import io.cloudtunnel.observe.WordCounters;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to an agent; docs/observe.md has the names. All meters of a request are made
 * beforehand. Safe for use by several threads.
 */
public final class AgentMeters implements AgentObserver {

    private final StatusCounters requests;
    private final ErrorCounters errors;
    private final Timer total;
    private final Timer local;
    private final LongAdder open = new LongAdder();
    private final Counter bytesIn;
    private final Counter bytesOut;
    private final WordCounters dials;
    private final WordCounters reconnects;
    private final WordCounters registrations;
    private final WordCounters probes;

    /** Counts from now on. */
    public AgentMeters(Meters make) {
        requests =
                new StatusCounters(make, "cloudtunnel.agent.requests", "requests that have ended");
        errors =
                new ErrorCounters(make, "cloudtunnel.agent.request.errors", "requests that failed");
        total = make.latency("cloudtunnel.agent.request.duration", "from its head to its end");
        local =
                make.latency(
                        "cloudtunnel.agent.local.duration",
                        "until the head of the local service's response");
        make.gauge("cloudtunnel.agent.requests.open", "requests in progress", open::sum);
        bytesIn = bytes(make, "request");
        bytesOut = bytes(make, "response");
        dials =
                words(
                        make,
                        "dials",
                        "attempts to open a link",
                        "outcome",
                        "open",
                        "refused",
                        "failed");
        reconnects =
                words(
                        make,
                        "reconnects",
                        "why another link was wanted",
                        "reason",
                        "rollover",
                        "leaving",
                        "lost",
                        "replaced");
        registrations =
                words(
                        make,
                        "registrations",
                        "registrations",
                        "outcome",
                        "done",
                        "refused",
                        "failed");
        probes =
                words(
                        make,
                        "probes",
                        "questions where the public is",
                        "outcome",
                        "fine",
                        "dial",
                        "several",
                        "failed");
    }

    private static WordCounters words(
            Meters make, String name, String what, String label, String... known) {
        return new WordCounters(make, "cloudtunnel.agent." + name, what, label, known);
    }

    private static Counter bytes(Meters make, String direction) {
        return make.counter(
                "cloudtunnel.agent.body.bytes", "bytes of bodies", "direction", direction);
    }

    /** Adds what was counted to what the status page shows. */
    public void report(StatusReport report) {
        report.fact("requests", Kind.RATE, requests.sum())
                .fact("in progress", Kind.NUMBER, open.sum())
                .fact("request bodies", Kind.BYTES_RATE, bytesIn.count())
                .fact("response bodies", Kind.BYTES_RATE, bytesOut.count());
        errors.report(report);
    }

    /** How many requests have ended. */
    public double sum() {
        return requests.sum();
    }

    /** How many are in progress. */
    public long open() {
        return open.sum();
    }

    @Override
    public void begun() {
        open.increment();
    }

    @Override
    public void read(int bytes) {
        bytesIn.increment(bytes);
    }

    @Override
    public void written(int bytes) {
        bytesOut.increment(bytes);
    }

    @Override
    public void ended(int status, @Nullable ErrorCode failure, long localNanos, long totalNanos) {
        open.decrement();
        requests.count(status);
        if (failure != null) {
            errors.count(failure);
        }
        total.record(totalNanos, TimeUnit.NANOSECONDS);
        if (localNanos >= 0) {
            local.record(localNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void dialled(String outcome) {
        dials.count(outcome);
    }

    @Override
    public void reconnects(String reason) {
        reconnects.count(reason);
    }

    @Override
    public void registered(String outcome) {
        registrations.count(outcome);
    }

    @Override
    public void probed(String outcome) {
        probes.count(outcome);
    }
}
