package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Dialled;
import io.cloudtunnel.agent.connect.Refusal;
import io.cloudtunnel.agent.connect.Registered;
import io.cloudtunnel.agent.connect.Server;
import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a link: registers where needed, dials, serves, and waits between attempts;
 * docs/protocol.md, "Dialling". One thread runs it; {@link #leave} is for any.
 */
final class Connector implements Runnable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** Instead of a time to wait: it is over. */
    private static final long END = -1;

    private final ServerAddress address;
    private final Server server;
    private final Identity identity;
    private final Serving serving;
    private final Notices notices;
    private final Pace pace;
    private final BackOff backOff;
    private final Strikes strikes = new Strikes();

    private @Nullable Credentials credentials;
    private @Nullable Credentials old; // what registering anew offers
    private volatile boolean stopping;
    private volatile Serving.@Nullable OneLink open;

    Connector(
            ServerAddress address,
            Server server,
            Identity identity,
            Serving serving,
            Notices notices,
            Pace pace,
            BackOff backOff) {
        this.address = address;
        this.server = server;
        this.identity = identity;
        this.serving = serving;
        this.notices = notices;
        this.pace = pace;
        this.backOff = backOff;
        this.credentials = identity.first();
    }

    @Override
    public void run() {
        try {
            long wait = 0;
            while (!stopping && wait != END) {
                if (wait > 0) {
                    pace.sleep(wait);
                }
                wait = credentials == null ? register() : connect(credentials);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a defect of the agent", e);
            notices.state(AgentState.FAILED, "a defect of the agent: " + e);
        }
    }

    private long register() throws InterruptedException {
        notices.state(AgentState.REGISTERING, "");
        try {
            return switch (server.register(old)) {
                case Registered.Done done -> {
                    credentials = done.credentials();
                    identity.keep(done.credentials());
                    strikes.clear();
                    yield 0;
                }
                case Registered.Refused refused -> registrationRefused(refused.refusal());
            };
        } catch (IOException e) {
            return lost("cannot register: " + message(e));
        }
    }

    private long registrationRefused(Refusal refusal) {
        if (refusal.isFinal()) {
            String text = "the server refuses to register: " + refusal.describe();
            LOGGER.log(Level.ERROR, "{0}", text);
            notices.state(AgentState.FAILED, text);
            return END;
        }
        return refused("cannot register", refusal);
    }

    private long connect(Credentials with) {
        notices.state(AgentState.CONNECTING, "");
        try {
            return switch (server.dial(with)) {
                case Dialled.Open dialled -> serve(with, dialled);
                case Dialled.Refused refused -> linkRefused(with, refused.refusal());
            };
        } catch (IOException e) {
            return lost("no link: " + message(e));
        }
    }

    /**
     * A server of ours says by a field that it is the one who refuses; the published protocol has
     * no such field, so there any 401 counts.
     */
    private long linkRefused(Credentials with, Refusal refusal) {
        boolean credentialsRefused =
                refusal.status() == 401 && (refusal.error() != null || !with.inFields());
        if (!credentialsRefused) {
            return refused("no link", refusal);
        }
        if (identity.isFixed()) {
            LOGGER.log(
                    Level.ERROR,
                    "the server refuses TUNNEL_ID and TUNNEL_SECRET ({0}); they were given by hand,"
                            + " so the agent does not register anew, but keeps trying",
                    refusal.describe());
            return waiting(BackOff.LONG, "the server refuses the given credentials");
        }
        if (strikes.add(pace.nanos())) {
            LOGGER.log(
                    Level.WARNING,
                    "the server has refused the credentials three times; registering anew");
            old = with;
            credentials = null;
            return 0; // three refusals have taken their time
        }
        return refused("no link", refusal);
    }

    private long serve(Credentials with, Dialled.Open dialled) {
        long opened = pace.nanos();
        strikes.clear();
        Serving.OneLink now = serving.on(dialled);
        open = now;
        if (stopping) {
            dialled.link().close(CloseCode.GOING_AWAY, "the agent shuts down");
        }
        String url = with.publicUrl();
        notices.open(url == null ? address + "/pub/" + with.id() : url);
        notices.state(AgentState.CONNECTED, "");
        String ending = now.run();
        open = null;
        backOff.linkEnded(opened, pace.nanos());
        return stopping ? END : ended(now.closeCode(), ending);
    }

    private long ended(int closeCode, String ending) {
        if (closeCode == LinkCloseCode.REPLACED) {
            LOGGER.log(
                    Level.ERROR,
                    "ANOTHER AGENT HAS TAKEN OVER THIS TUNNEL. If that was not meant, give one of"
                        + " them a tunnel of its own with --name. This one stays away for {0} s",
                    TimeUnit.NANOSECONDS.toSeconds(BackOff.LONG));
            return waiting(BackOff.LONG, "another agent has taken over");
        }
        if (closeCode == CloseCode.GOING_AWAY && backOff.mayRedialAtOnce()) {
            LOGGER.log(Level.INFO, "the server has left ({0}); dialling again at once", ending);
            return 0;
        }
        return lost("the link ended: " + ending);
    }

    private long refused(String what, Refusal refusal) {
        Duration after = refusal.retryAfter();
        String text = what + ": " + refusal.describe();
        return after == null ? lost(text) : waiting(after.toNanos(), text);
    }

    private long lost(String why) {
        return waiting(backOff.next(pace.nanos()), why);
    }

    private long waiting(long nanos, String why) {
        if (stopping) {
            return END;
        }
        LOGGER.log(
                Level.WARNING,
                "{0}; trying again in {1} ms",
                why,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)));
        notices.state(AgentState.WAITING, why);
        return nanos;
    }

    private static String message(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * No more links; what is open on the one that there is gets some time, then it is closed.
     *
     * @return whether there was one
     */
    boolean leave(Duration atMost) throws InterruptedException {
        stopping = true;
        Serving.OneLink last = open;
        if (last != null) {
            last.leave(atMost);
        }
        return last != null;
    }
}
