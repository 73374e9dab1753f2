package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A relay link that this instance opened, with the session that its requests go out on. */
final class OpenedLink implements RelayEvents {

    static final Duration ACCEPT = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Logger LOGGER = System.getLogger(OpenedLink.class.getName());

    private final RelayLink link;
    private final SessionUpstream upstream;
    private final CountDownLatch answered = new CountDownLatch(1);
    private final Consumer<RelayLink> onLost;
    private volatile boolean accepted;

    /**
     * A link that has to be opened.
     *
     * @param onLost told by the receiving thread that it has ended, before requests learn of it
     */
    OpenedLink(
            Broker broker,
            String peer,
            long id,
            Function<RelayLink, SessionUpstream> sessionOf,
            Consumer<RelayLink> onLost) {
        this.onLost = onLost;
        this.link = new RelayLink(broker, peer, id, this);
        this.upstream = sessionOf.apply(link);
    }

    RelayLink link() {
        return link;
    }

    int openExchanges() {
        return upstream.openExchanges();
    }

    @Override
    public void accepted() {
        accepted = true;
        answered.countDown();
    }

    /** Receives until the link ends. */
    void serve() {
        try {
            upstream.serve();
        } catch (IOException e) {
            LOGGER.log(
                    Level.DEBUG, () -> "relay to " + link.peer() + " is over: " + e.getMessage());
        } finally {
            link.close(CloseCode.GOING_AWAY, "the session has ended");
            answered.countDown();
        }
    }

    /** The session only knows that it is over. */
    @Override
    public void ended(String why) {
        if (accepted) {
            onLost.accept(link);
        }
        ErrorCode code = ErrorCode.OUTCOME_UNKNOWN;
        upstream.end(new ExchangeException(code, code.text() + ": " + why));
    }

    /**
     * The session, once the other instance has accepted it.
     *
     * @throws ExchangeException if it did not, within 500 ms; then nothing was sent
     */
    SessionUpstream await() throws ExchangeException, InterruptedException {
        boolean inTime = answered.await(ACCEPT.toNanos(), TimeUnit.NANOSECONDS);
        if (!inTime) {
            link.close(CloseCode.GOING_AWAY, "no answer within " + ACCEPT.toMillis() + " ms");
        }
        if (!accepted) {
            String why = String.valueOf(link.ended());
            throw new ExchangeException(
                            why.startsWith(RelayLink.TOO_MANY)
                                    ? ErrorCode.TOO_MANY_STREAMS
                                    : ErrorCode.AGENT_NOT_CONNECTED,
                            "agent not connected: the instance that has its link does not answer")
                    .untouched();
        }
        return upstream;
    }

    /** Whether a request cannot be opened on it. */
    boolean isOver() {
        return link.ended() != null || (accepted && !upstream.takesRequests());
    }

    /** Ends it where it has been idle for long. */
    void look(long nowNanos) {
        boolean idle =
                link.idleNanos(nowNanos) > IDLE.toNanos()
                        || (accepted && !upstream.takesRequests());
        if (idle && upstream.openExchanges() == 0) {
            upstream.stop(); // who was about to open a request opens another link
            if (upstream.openExchanges() == 0) {
                link.close(CloseCode.NORMAL, "idle");
            }
        }
    }
}
