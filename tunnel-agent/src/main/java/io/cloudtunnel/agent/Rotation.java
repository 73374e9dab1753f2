package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Refusal;
import io.cloudtunnel.agent.store.Credentials;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Has the secret replaced whenever it has become too old; docs/protocol.md, section 9.1. Its age is
 * kept with it, so that restarts do not make it younger, and agents that share a file replace it
 * once. A thread runs it until it is interrupted, or the agent is over.
 */
final class Rotation implements Runnable {

    /** The least age. */
    static final Duration SHORTEST = Duration.ofMinutes(1);

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** Between two looks: others may have replaced it meanwhile, and clocks are set. */
    private static final Duration LOOK = Duration.ofMinutes(10);

    /** After a failure. The secret is good meanwhile, so there is no hurry. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** While there is no link, or no tunnel yet. */
    private static final Duration UNREADY = Duration.ofSeconds(1);

    /** No store, no such thing at this server, or not the one for agents, or no such tunnel. */
    private static final Set<Integer> UNABLE = Set.of(404, 405, 501);

    /** After these: the server may be another one by then, or the tunnel registered anew. */
    private static final Duration LATER = Duration.ofHours(1);

    private final LinkSet links;
    private final Enrolment enrolment;
    private final Duration age;
    private final Pace pace;
    private final Semaphore wake = new Semaphore(0); // nobody does

    Rotation(LinkSet links, Enrolment enrolment, Duration age, Pace pace) {
        this.links = links;
        this.enrolment = enrolment;
        this.age = age;
        this.pace = pace;
    }

    @Override
    public void run() {
        try {
            Duration wait = Duration.ZERO;
            while (!links.isOver()) {
                pace.await(wake, wait.toNanos());
                wait = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long to wait for the next look. */
    private Duration look() throws InterruptedException {
        Credentials with = enrolment.current();
        if (with == null || !links.anyLives()) {
            return UNREADY;
        }
        Instant since = enrolment.since();
        if (since == null) {
            enrolment.keepAnew();
            return age.compareTo(LOOK) < 0 ? age : LOOK;
        }
        Duration left = Duration.between(Instant.now(), since.plus(age));
        if (left.isPositive()) {
            return left.compareTo(LOOK) < 0 ? left : LOOK;
        }
        return rotate(with);
    }

    private Duration rotate(Credentials old) throws InterruptedException {
        Refusal refusal;
        try {
            refusal = enrolment.rotate(old);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the secret could not be rotated: {0}", e.getMessage());
            return AGAIN;
        }
        if (refusal == null) {
            LOGGER.log(Level.INFO, "the secret has been rotated; links follow with the new one");
            links.renew();
            return AGAIN; // at the earliest: it may not have been kept
        }
        Duration wait =
                UNABLE.contains(refusal.status())
                        ? LATER
                        : Objects.requireNonNullElse(refusal.retryAfter(), AGAIN);
        LOGGER.log(
                Level.WARNING,
                "the secret could not be rotated, which is tried again in {0} min: {1}",
                Long.toString(Math.max(1, wait.toMinutes())),
                refusal.describe());
        return wait;
    }
}
