package io.cloudtunnel.server;

import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.registry.AgentLink;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How a server leaves, but for the listener: docs/protocol.md, section 8.3. */
final class Departure {

    /** What a platform leaves between SIGTERM and SIGKILL is 10 s; this ends a second before. */
    private static final Duration MOST = Duration.ofSeconds(8);

    private static final Duration FOR_CLOSING = Duration.ofMillis(500);

    private final LinkRegistry links;
    private final Drain drain;
    private final long began = System.nanoTime();

    Departure(LinkRegistry links, Drain drain) {
        this.links = links;
        this.drain = drain;
    }

    /**
     * Ends what is open, and the links.
     *
     * @param quiet new requests are served until none came for so long
     */
    void run(Duration quiet) throws InterruptedException {
        drain.begin();
        links.stopWaiting();
        if (!quiet.isZero()) {
            links.all().forEach(link -> link.announceLeaving(MOST));
            drain.awaitQuiet(quiet, MOST);
        }
        leaveAll();
        drain.awaitIdle(left());
        // Stopping cuts what is open, and a close frame that is cut was never sent.
        links.awaitEmpty(left().plus(FOR_CLOSING));
    }

    private Duration left() {
        Duration left = MOST.minusNanos(System.nanoTime() - began);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void leaveAll() throws InterruptedException {
        List<Thread> leaving = new ArrayList<>(); // one per link
        for (AgentLink link : links.all()) {
            leaving.add(Thread.ofVirtual().name("tunnel-leave").start(() -> leave(link)));
        }
        for (Thread thread : leaving) {
            thread.join();
        }
    }

    private void leave(AgentLink link) {
        try {
            link.leave(left());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
