package io.cloudtunnel.server.observe;

import io.cloudtunnel.observe.ErrorCounters;
import io.cloudtunnel.observe.Meters;
import io.cloudtunnel.observe.WordCounters;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens at a server; docs/observe.md has the names. All meters of a request are made
 * beforehand, so that it looks up nothing but its tunnel, and allocates nothing. Safe for use by
 * several threads.
 */
public final class ServerMeters implements Observer {

    private final TunnelsMeters tunnels;
    private final RecentErrors recent = new RecentErrors(Clock.systemUTC());
    private final ErrorCounters errors;
    private final Timer total;
    private final Timer wait;
    private final Timer firstByte;
    private final Counter again;
    private final Counter probes;
    private final Counter creditWaits;
    private final Counter creditWaitSeconds;
    private final Timer linkLifetimes;
    private final WordCounters linksOpened;
    private final WordCounters linksRetired;
    private final WordCounters linksRefused;
    private final Counter registrations;
    private final WordCounters registrationsRefused;

    /**
     * Counts from now on.
     *
     * @param mostTunnels how many tunnels have figures of their own
     */
    public ServerMeters(Meters make, int mostTunnels) {
        tunnels = new TunnelsMeters(make, mostTunnels);
        errors =
                new ErrorCounters(
                        make, "cloudtunnel.request.errors", "public requests that failed");
        total = make.latency("cloudtunnel.request.duration", "from a request's head to its end");
        wait = make.latency("cloudtunnel.request.wait", "until an agent's link was found");
        firstByte = make.latency("cloudtunnel.request.first.byte", "until the response's head");
        again =
                make.counter(
                        "cloudtunnel.requests.sent.again", "requests sent again on another link");
        probes = make.counter("cloudtunnel.probes", "agents' questions where the public is");
        creditWaits =
                make.counter(
                        "cloudtunnel.credit.waits", "pieces of request bodies that had to wait");
        creditWaitSeconds =
                make.counter("cloudtunnel.credit.wait.seconds", "how long they waited in all");
        linkLifetimes = make.lifetime("cloudtunnel.link.lifetime", "ages at which links ended");
        linksOpened =
                new WordCounters(
                        make,
                        "cloudtunnel.links.opened",
                        "agents' links that were opened",
                        "mode",
                        "binary",
                        "json");
        linksRetired =
                new WordCounters(
                        make,
                        "cloudtunnel.links.retired",
                        "agents' links that were told to end",
                        "reason",
                        "link-expired",
                        "replaced",
                        "revoked",
                        "draining");
        linksRefused =
                new WordCounters(
                        make,
                        "cloudtunnel.links.refused",
                        "agents that got no link",
                        "reason",
                        "bad-credentials",
                        "too-many-links",
                        "draining");
        registrations = make.counter("cloudtunnel.registrations", "tunnels given to agents");
        registrationsRefused =
                new WordCounters(
                        make,
                        "cloudtunnel.registrations.refused",
                        "agents that got no tunnel",
                        "reason",
                        "draining");
    }

    RecentErrors recent() {
        return recent;
    }

    TrafficTotals totals() {
        return tunnels.totals();
    }

    @Nullable TrafficTotals totals(String tunnelId) {
        return tunnels.totals(tunnelId);
    }

    @Override
    public Traffic traffic(String tunnelId) {
        return tunnels.of(tunnelId);
    }

    @Override
    public void probed() {
        probes.increment();
    }

    @Override
    public void ended(RequestLog request) {
        tunnels.of(request.tunnelId()).ended(request);
        ErrorCode failure = request.failure();
        if (failure != null) {
            errors.count(failure);
            recent.add(request, failure);
        }
        record(total, request.totalNanos());
        record(wait, request.waitNanos());
        record(firstByte, request.headNanos());
        if (request.wasSentAgain()) {
            again.increment();
        }
        if (request.creditWaits() > 0) {
            creditWaits.increment((double) request.creditWaits());
            creditWaitSeconds.increment(request.creditWaitNanos() / 1e9);
        }
    }

    private static void record(Timer timer, long nanos) {
        if (nanos != RequestLog.NEVER) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void linkOpened(boolean binary) {
        linksOpened.count(binary ? "binary" : "json");
    }

    @Override
    public void linkRetired(String reason) {
        linksRetired.count(reason);
    }

    @Override
    public void linkEnded(long ageNanos) {
        linkLifetimes.record(ageNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void linkRefused(String reason) {
        linksRefused.count(reason);
    }

    @Override
    public void registered() {
        registrations.increment();
    }

    @Override
    public void registrationRefused(String reason) {
        registrationsRefused.count(reason);
    }
}
