package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.Reason;
import java.io.IOException;
import java.time.Duration;

/**
 * The agent's side of a link in binary mode: each stream goes to the upstream on a virtual thread
 * of its own. Safe for use by several threads; one of them runs {@link #serve}.
 */
public final class SessionResponder implements LinkResponder {

    /** For what crosses a go-away. */
    private static final Duration CROSSING = Duration.ofSeconds(2);

    private final RequestFrames requests;
    private final Session session;

    /** Told what the server says about its link. */
    public interface OnLeaving {
        /** The link ends in so many milliseconds. Does not block. */
        void leaving(long millis, Reason reason);
    }

    /** The agent's side of a link, which nobody else reads from. */
    public SessionResponder(
            Link link,
            Upstream upstream,
            Greeting own,
            Limits limits,
            MemoryBudget budget,
            OnLeaving onLeaving) {
        this.requests = new RequestFrames(upstream, onLeaving);
        this.session = new Session(link, requests, own, limits, budget);
    }

    /**
     * Says hello, and receives until the link ends.
     *
     * @throws IOException if the link broke, or the peer violated the protocol
     */
    @Override
    public void serve() throws IOException {
        session.start();
        session.serve();
    }

    /**
     * Tells the server that no more streams are taken, and waits for those that are open. What is
     * on its way meanwhile is taken, too, unless the server is slow to answer: a refusal would cost
     * a request of which much was sent already.
     */
    @Override
    public boolean drain(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        Farewell farewell = session.farewell();
        if (!atMost.isZero()) {
            if (farewell.begin()) {
                goAway(Integer.MAX_VALUE);
                session.urgentOrFail(farewell.ping());
            }
            farewell.awaitCrossing(atMost.compareTo(CROSSING) < 0 ? atMost : CROSSING);
        }
        goAway(session.streams().stopAccepting());
        // Who has answered has only queued it, and the tail may wait for credit.
        return requests.awaitNone(until(end)) && farewell.awaitSent(until(end));
    }

    private static Duration until(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    private void goAway(int last) {
        session.urgentOrFail(new Frame.GoAway(last, Reason.DRAINING, "the agent leaves"));
    }

    /** Requests that are being carried out. */
    public int openExchanges() {
        return requests.inside();
    }
}
