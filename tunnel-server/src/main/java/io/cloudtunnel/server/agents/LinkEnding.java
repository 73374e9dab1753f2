package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.session.LinkUpstream;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * How this server ends a link whose connection still lives: because its time is over, its secret
 * does not count any more, a newer agent has come, or the server leaves. From then on it gets no
 * new requests. Safe for use by several threads, but for {@link #begin} and {@link #over}.
 */
final class LinkEnding {

    private static final Logger LOGGER = System.getLogger(LinkEnding.class.getName());

    /** So long what was begun may go on when a secret's grace is over. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    private final String tunnelId;
    private final LinkAcceptor acceptor;
    private final WsLink link;
    private final LinkUpstream upstream;
    private final CountDownLatch opened;
    private final List<ScheduledFuture<?>> timers = new ArrayList<>(4); // of the serving thread
    private volatile boolean begun;

    /**
     * Of a link that has no end in sight.
     *
     * @param opened when the 101 is written: nothing may be before
     */
    LinkEnding(
            String tunnelId,
            LinkAcceptor acceptor,
            WsLink link,
            LinkUpstream upstream,
            CountDownLatch opened) {
        this.tunnelId = tunnelId;
        this.acceptor = acceptor;
        this.link = link;
        this.upstream = upstream;
        this.opened = opened;
    }

    /** Whether the link gets no new requests any more. */
    boolean hasBegun() {
        return begun;
    }

    /** From now on its time counts. */
    void begin() {
        in(acceptor.limits().helloWait(), this::expectHello);
        LinkLifetime lifetime = acceptor.lifetime();
        if (lifetime.isLimited()) {
            in(lifetime.untilNoNew(), this::retire);
            in(lifetime.untilReset(), upstream::expire);
            in(lifetime.untilClosed(), () -> inBackground(this::goAway));
        }
    }

    /** The link has ended. */
    void over() {
        timers.forEach(timer -> timer.cancel(false));
    }

    private void in(Duration time, Runnable task) {
        timers.add(acceptor.timer().schedule(task, time.toNanos(), TimeUnit.NANOSECONDS));
    }

    /**
     * An agent that asked for binary mode, and does not begin it, holds a place for nothing. In
     * JSON mode there is no hello: a link that is not ready there is one that leaves.
     */
    private void expectHello() {
        if (upstream.carriesInterim() && !upstream.isReady()) {
            link.close(LinkCloseCode.PROTOCOL_ERROR, "no-hello");
        }
    }

    /** The link's time is nearly over. In JSON mode it closes with its last answer. */
    private void retire() {
        stopped("link-expired");
        LinkLifetime lifetime = acceptor.lifetime();
        Duration left = lifetime.untilReset().minus(lifetime.untilNoNew());
        upstream.retire(left);
        if (!upstream.carriesInterim()) {
            inBackground(() -> {
                if (upstream.drain(left)) {
                    goAway();
                }
            });
        }
    }

    private void goAway() {
        link.close(CloseCode.GOING_AWAY, "the lifetime of this link is over");
    }

    private void stopped(String reason) {
        begun = true;
        acceptor.observer().linkRetired(reason);
    }

    /**
     * Its secret does not count any more.
     *
     * @param inTime whether that was known before: then the requests that it has may be answered
     */
    void revoked(boolean inTime) {
        stopped("revoked");
        upstream.stop();
        inBackground(() -> {
            opened.await();
            boolean ignored = inTime && upstream.drain(LAST_ANSWERS, Reason.REVOKED);
            upstream.expire();
            link.close(LinkCloseCode.REVOKED, "revoked: the secret was deleted or rotated away");
        });
    }

    /** What its agent asks for cannot be done. */
    void refused(String reason) {
        begun = true;
        inBackground(() -> {
            opened.await();
            link.close(LinkCloseCode.PROTOCOL_ERROR, reason);
        });
    }

    /** The requests that it has may still be answered: only new ones go to the newer link. */
    void replaced() {
        stopped("replaced");
        upstream.stop();
        inBackground(() -> {
            opened.await();
            boolean ignored = upstream.drain(acceptor.limits().responseTimeout(), Reason.REPLACED);
            link.close(LinkCloseCode.REPLACED, "a newer agent of this tunnel has connected");
        });
    }

    /** The server leaves: waits for what is open. */
    void leave(Duration atMost) throws InterruptedException {
        acceptor.observer().linkRetired("draining");
        if (!upstream.drain(atMost)) {
            LOGGER.log(
                    Level.WARNING,
                    "link tunnel={0} closed with {1} requests unanswered",
                    tunnelId,
                    upstream.openExchanges());
        }
        link.close(CloseCode.GOING_AWAY, "the server is shutting down");
    }

    /** What a thread of its own may wait for; each wait in it has a limit. */
    private interface Waiting {
        void run() throws InterruptedException;
    }

    private void inBackground(Waiting task) {
        Thread.ofVirtual()
                .name("tunnel-leave-" + tunnelId)
                .start(() -> {
                    try {
                        task.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }
}
