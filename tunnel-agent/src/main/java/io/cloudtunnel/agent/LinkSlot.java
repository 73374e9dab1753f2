package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Dialled;
import io.cloudtunnel.agent.connect.Refusal;
import io.cloudtunnel.agent.connect.Server;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one of an agent's links: dials, watches it, dials the next one, and waits between attempts;
 * docs/protocol.md, "Dialling". A thread runs it; the links themselves have theirs.
 */
final class LinkSlot implements Runnable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** Instead of a time to wait: it is over. */
    private static final long END = -1;

    /** Between two looks at a link on which nothing happens. */
    private static final long LONGEST_LOOK = TimeUnit.HOURS.toNanos(1);

    private final LinkSet links;
    private final Server server;
    private final Enrolment enrolment;
    private final Serving serving;
    private final Notices notices;
    private final Pace pace;
    private final BackOff backOff;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean urged;
    private boolean corrected; // of its thread
    private @Nullable LiveLink predecessor; // of its thread: one that the next link replaces

    LinkSlot(
            LinkSet links,
            Server server,
            Enrolment enrolment,
            Serving serving,
            Notices notices,
            Pace pace,
            BackOff backOff) {
        this.links = links;
        this.server = server;
        this.enrolment = enrolment;
        this.serving = serving;
        this.notices = notices;
        this.pace = pace;
        this.backOff = backOff;
    }

    @Override
    public void run() {
        try {
            long wait = 0;
            while (wait != END && links.claim(this)) {
                Credentials with = enrolment.current();
                wait = with == null ? register() : connect(with);
                pause(wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a defect of the agent", e);
            fail("a defect of the agent: " + e);
        }
    }

    /** If it waits before an attempt, it is to wait no more. */
    void urge() {
        urged = true;
        wake.release();
    }

    private void pause(long nanos) throws InterruptedException {
        urged = false;
        long began = pace.nanos();
        long left = nanos;
        while (left > 0 && !urged && !links.isOver()) {
            pace.pause(wake, left);
            left = nanos - (pace.nanos() - began);
        }
    }

    /** The agent gives up, with all that it has. */
    private void fail(String why) {
        notices.state(AgentState.FAILED, why);
        links.end().forEach(each -> each.leaveAside(Duration.ZERO));
    }

    // ---- Attempts; each returns how long to wait before the next one.

    private long register() throws InterruptedException {
        notices.trying(AgentState.REGISTERING, "");
        try {
            Refusal refusal = enrolment.register();
            serving.observer().registered(refusal == null ? "done" : "refused");
            if (refusal == null) {
                return 0;
            }
            if (refusal.isFinal()) {
                String text = "the server refuses to register: " + refusal.describe();
                LOGGER.log(Level.ERROR, "{0}", text);
                fail(text);
                return END;
            }
            return refused("cannot register", refusal);
        } catch (IOException e) {
            serving.observer().registered("failed");
            String what = enrolment.isFixed() ? "cannot ask the server" : "cannot register";
            return lost(what + ": " + message(e));
        }
    }

    private long connect(Credentials with) throws InterruptedException {
        notices.trying(AgentState.CONNECTING, "");
        try {
            return switch (server.dial(with)) {
                case Dialled.Open dialled -> hold(with, dialled);
                case Dialled.Refused refused -> {
                    serving.observer().dialled("refused");
                    yield linkRefused(with, refused.refusal());
                }
            };
        } catch (IOException e) {
            serving.observer().dialled("failed");
            return lost("no link: " + message(e));
        } finally {
            enrolment.doubt(with);
        }
    }

    /**
     * A server of ours says by a field that it is the one who refuses; the published protocol has
     * no such field, so there any 401 counts.
     */
    private long linkRefused(Credentials with, Refusal refusal) {
        if (refusal.wantsSigned() && !links.anyLives()) {
            String text =
                    "the server takes signed links only: start the agent with --signed required, or"
                            + " auto ("
                            + refusal.describe()
                            + ")";
            LOGGER.log(Level.ERROR, "{0}", text);
            fail(text);
            return END;
        }
        boolean credentialsRefused =
                refusal.status() == 401 && (refusal.error() != null || !with.inFields());
        if (!credentialsRefused) {
            return refused("no link", refusal);
        }
        if (enrolment.takesOver(with)) {
            LOGGER.log(
                    Level.INFO, "the secret has been replaced; dialling with the one there is now");
            return 0;
        }
        String keeps = enrolment.keepsBecause();
        if (keeps != null) {
            LOGGER.log(
                    Level.ERROR,
                    "the server refuses the credentials ({0}). The agent does not register anew,"
                            + " but keeps trying: {1}",
                    refusal.describe(),
                    keeps);
            return waiting(BackOff.LONG, "the server refuses the credentials");
        }
        if (enrolment.refused(with, links.anyLives(), pace.nanos())) {
            LOGGER.log(
                    Level.WARNING,
                    "the server has refused the credentials three times; registering anew");
            return 0; // three refusals have taken their time
        }
        return refused("no link", refusal);
    }

    // ---- A link.

    private long hold(Credentials with, Dialled.Open dialled) throws InterruptedException {
        String url = enrolment.accepted(with, dialled.terms().publicUrl());
        LiveLink link = new LiveLink(links, serving, dialled, pace.nanos(), wake::release);
        serving.observer().dialled("open");
        notices.open(url);
        boolean inTime = links.opened(link);
        link.start();
        if (!inTime) {
            link.leave(Duration.ZERO);
            link.join(serving.limits().closeWait());
            return END;
        }
        if (enrolment.isGuess(with) && dialled.terms().instance() != null && !corrected) {
            corrected = true; // once: it may not say again what it speaks
            LOGGER.log(Level.INFO, "the server is one of ours; asking again what it speaks");
            link.leave(Duration.ZERO);
            link.join(serving.limits().closeWait());
            return 0;
        }
        String ending = link.ending();
        while (ending == null) {
            endPredecessor(link);
            long left = link.untilNext(pace.nanos());
            if (left <= 0) {
                return rollOver(link);
            }
            if (mustBeFollowed(link)) {
                return follow(link);
            }
            pace.await(wake, Math.min(left, LONGEST_LOOK)); // woken when something happens
            ending = link.ending();
        }
        backOff.linkEnded(link.opened(), pace.nanos());
        return ended(link, ending);
    }

    /**
     * Once the next link carries requests, the one before gets no more, so that it can finish those
     * that it has. One to another instance may be where the public is: the server ends that.
     */
    private void endPredecessor(LiveLink young) {
        LiveLink old = predecessor;
        if (old != null && young.succeeds(old)) {
            predecessor = null;
            old.leaveAside(old.remaining(pace.nanos()));
        }
    }

    /** The link goes on by itself until its end, while another one is dialled. */
    private long rollOver(LiveLink link) {
        link.retire();
        predecessor = link;
        serving.observer().reconnects("rollover");
        backOff.rolledOver(pace.nanos());
        return 0;
    }

    /** Whether the server has asked for another link now. */
    private static boolean mustBeFollowed(LiveLink link) {
        Reason leaving = link.leaving();
        return leaving != null && leaving != Reason.REPLACED;
    }

    /** The same, but a server that leaves at once again is given time. */
    private long follow(LiveLink link) {
        serving.observer().reconnects("leaving");
        LOGGER.log(Level.INFO, "the server leaves ({0}); dialling another link", link.leaving());
        link.retire();
        backOff.linkEnded(link.opened(), pace.nanos());
        return backOff.mayRedialAtOnce() ? 0 : lost("the server leaves again and again");
    }

    private long ended(LiveLink link, String ending) {
        if (links.isOver()) {
            return END;
        }
        if (link.isLeft()) {
            return 0; // the agent ended it itself, and knows whether there is a place for another
        }
        boolean replaced = link.closeCode() == LinkCloseCode.REPLACED;
        serving.observer().reconnects(replaced ? "replaced" : "lost");
        if (replaced) {
            return replaced(link);
        }
        if (link.closeCode() == CloseCode.GOING_AWAY && backOff.mayRedialAtOnce()) {
            LOGGER.log(Level.INFO, "the server has left ({0}); dialling again at once", ending);
            return 0;
        }
        return lost("the link ended: " + ending);
    }

    private long replaced(LiveLink link) {
        if (link.leaving() != Reason.REPLACED && links.replacedByOwn(link)) {
            return 0; // there is no place for it any more
        }
        if (links.hasSuccessor()) {
            return END;
        }
        LOGGER.log(
                Level.ERROR,
                "ANOTHER AGENT HAS TAKEN OVER THIS TUNNEL. If that was not meant, give one of"
                        + " them a tunnel of its own with --name. This one stays away for {0} s",
                TimeUnit.NANOSECONDS.toSeconds(BackOff.LONG));
        return waiting(BackOff.LONG, "another agent has taken over");
    }

    // ---- Waiting.

    private long refused(String what, Refusal refusal) {
        return waiting(backOff.refused(refusal, pace.nanos()), what + ": " + refusal.describe());
    }

    private long lost(String why) {
        return waiting(backOff.next(pace.nanos()), why);
    }

    private long waiting(long nanos, String why) {
        if (links.isOver()) {
            return END;
        }
        LOGGER.log(
                Level.WARNING,
                "{0}; trying again in {1} ms",
                why,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)));
        notices.trying(AgentState.WAITING, why);
        return nanos;
    }

    private static String message(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
