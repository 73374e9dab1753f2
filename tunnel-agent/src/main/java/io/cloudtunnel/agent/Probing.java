package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Presence;
import io.cloudtunnel.agent.connect.Server;
import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.store.Credentials;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again which instance of the server answers the public, and whether it has a link
 * of ours; docs/protocol.md, section 8.4. A thread runs it until it is interrupted.
 */
final class Probing implements Runnable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(5);

    private final LinkSet links;
    private final Server server;
    private final Enrolment enrolment;
    private final Pace pace;
    private final Whereabouts whereabouts = new Whereabouts();
    private final Traffic traffic;
    private final AgentObserver observer;
    private final Semaphore wake = new Semaphore(0);

    /**
     * Looks when it is run.
     *
     * @param traffic whose pauses are a reason to ask at once
     */
    Probing(
            LinkSet links,
            Server server,
            Enrolment enrolment,
            Pace pace,
            Traffic traffic,
            AgentObserver observer) {
        this.observer = observer;
        this.traffic = traffic;
        traffic.wakes(wake::release);
        this.links = links;
        this.server = server;
        this.enrolment = enrolment;
        this.pace = pace;
    }

    @Override
    public void run() {
        try {
            long next = pace.nanos() + INTERVAL;
            while (!links.isOver()) {
                long now = pace.nanos();
                long left = Math.min(next - now, traffic.untilPause(now));
                if (left > 0) {
                    pace.await(wake, left);
                } else {
                    traffic.seen();
                    next = now + INTERVAL;
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Credentials with = enrolment.current();
        if (with == null || !links.mayProbe()) {
            return;
        }
        try {
            server.probe(with, enrolment.publicUrl(with))
                    .ifPresentOrElse(this::conclude, () -> observer.probed("failed"));
        } catch (IOException e) { // it says nothing
            observer.probed("failed");
            LOGGER.log(Level.DEBUG, "a probe failed: {0}", e.getMessage());
        }
    }

    private void conclude(Presence answer) {
        Whereabouts.Verdict verdict =
                whereabouts.judge(answer, links.places(), links.isSettled(), pace.nanos());
        observer.probed(verdict.name().toLowerCase(Locale.ROOT));
        switch (verdict) {
            case FINE -> {}
            case DIAL -> {
                LOGGER.log(
                        Level.INFO,
                        "the public reaches server instance {0}, which has no link of this tunnel;"
                                + " dialling at once",
                        answer.instance());
                links.dialNow();
            }
            case SEVERAL ->
                    LOGGER.log(
                            Level.WARNING,
                            "SEVERAL INSTANCES OF THE SERVER answer the public: {0} has no link of"
                                + " this tunnel, others have. Requests that reach it fail. Run one"
                                + " instance (max-instances 1), or connect them (REDIS_URL; where"
                                + " it is set, the broker cannot be reached)",
                            answer.instance());
        }
    }
}
