package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.Refusal;
import io.cloudtunnel.agent.connect.Registered;
import io.cloudtunnel.agent.connect.Server;
import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.store.Credentials;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of an agent: where they come from, and when they are replaced; docs/protocol.md,
 * sections 2 and 8.6. Safe for use by several threads, of which one at a time registers.
 */
final class Enrolment {

    private final ServerAddress address;
    private final Server server;
    private final Identity identity;
    private final boolean keeps;
    private final ReentrantLock registering = new ReentrantLock(); // held over the call

    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final Strikes strikes = new Strikes();
    private @Nullable Credentials credentials;
    private @Nullable Credentials old; // what registering anew offers

    /**
     * Nothing is registered yet.
     *
     * @param keeps whether credentials are never replaced, whatever the server says of them
     */
    Enrolment(ServerAddress address, Server server, Identity identity, boolean keeps) {
        this.keeps = keeps;
        this.address = address;
        this.server = server;
        this.identity = identity;
        this.credentials = identity.isFixed() ? null : identity.first();
    }

    /**
     * Those that count now; null if {@link #register} has to come first, for a new tunnel or to
     * learn what the server of a pair given by hand speaks.
     */
    @Nullable Credentials current() {
        synchronized (monitor) {
            return credentials;
        }
    }

    /**
     * What a server of a pair given by hand speaks is only guessed where it does not say; another
     * answer may have stood for it. So it is asked again before the next link.
     */
    void doubt(Credentials guessed) {
        if (isGuess(guessed)) {
            synchronized (monitor) {
                credentials = guessed.equals(credentials) ? null : credentials;
            }
        }
    }

    /** Whether the server is taken for one of the published protocol, since it did not say. */
    boolean isGuess(Credentials with) {
        return identity.isFixed() && with.protocols() == null;
    }

    /** Whether they were given by hand, and so are never replaced. */
    boolean isFixed() {
        return identity.isFixed();
    }

    /** Why those that a server refuses are not replaced; null where they are. */
    @Nullable String keepsBecause() {
        if (identity.isFixed()) {
            return "TUNNEL_ID and TUNNEL_SECRET were given by hand";
        }
        return keeps
                ? "with --signed required who stands in between must not get a new secret by it;"
                        + " if the server has lost its key, take this tunnel out of the"
                        + " credentials' file"
                : null;
    }

    /** Where the public reaches the tunnel of these. */
    String publicUrl(Credentials of) {
        String url = of.publicUrl();
        return url == null ? address + "/pub/" + of.id() : url;
    }

    /**
     * Registers, unless that has been done meanwhile. A pair that was given by hand is never
     * replaced: only what the server speaks is asked, until it says.
     *
     * @return null if there are credentials now, else why not
     * @throws IOException if no answer came that can be understood
     */
    @Nullable Refusal register() throws IOException, InterruptedException {
        registering.lockInterruptibly();
        try {
            @Nullable Credentials offered;
            synchronized (monitor) {
                if (credentials != null) {
                    return null;
                }
                offered = old;
            }
            if (identity.isFixed()) {
                learn();
                return null;
            }
            return taken(server.register(offered));
        } finally {
            registering.unlock();
        }
    }

    private @Nullable Refusal taken(Registered answer) {
        return switch (answer) {
            case Registered.Done done -> {
                identity.keep(done.credentials());
                synchronized (monitor) {
                    credentials = done.credentials();
                    strikes.clear();
                }
                yield null;
            }
            case Registered.Refused refused -> refused.refusal();
        };
    }

    private void learn() throws IOException {
        Credentials given = Objects.requireNonNull(identity.first());
        Credentials known = given.spokenTo(server.protocols().orElse(null));
        synchronized (monitor) {
            credentials = known;
        }
    }

    /**
     * The server does not take these: another agent that shares the file may have rotated them, or
     * somebody else have written them anew. Then what the file has now counts.
     *
     * @return whether there are others now
     */
    boolean takesOver(Credentials refused) {
        Credentials found = identity.reread();
        if (found == null || found.secret().equals(refused.secret())) {
            return false;
        }
        Credentials now = found.protocols() == null ? found.spokenTo(refused.protocols()) : found;
        synchronized (monitor) {
            if (refused.equals(credentials)) {
                credentials = now;
                strikes.clear();
            }
        }
        return true;
    }

    /** Since when the secret that counts is there; null where that is not known. */
    @Nullable Instant since() {
        return identity.since();
    }

    /**
     * Has the secret replaced by the next one, which counts from now on. The one before is good for
     * the links that there are, for some time.
     *
     * @param old those that are to be replaced; what others put in their place stays
     * @return null if there is another secret now, else why not
     * @throws IOException if no answer came that can be understood; then it may be tried again
     */
    @Nullable Refusal rotate(Credentials old) throws IOException, InterruptedException {
        registering.lockInterruptibly();
        try {
            if (takesOver(old)) {
                return null;
            }
            return taken(server.rotate(old));
        } finally {
            registering.unlock();
        }
    }

    /** Keeps what counts, and from now on also since when. */
    void keepAnew() {
        Credentials now = current();
        if (now != null) {
            identity.keep(now);
        }
    }

    /**
     * The server has taken these.
     *
     * @param saidUrl where the public reaches the tunnel now; null where the server did not say
     * @return where the public reaches it
     */
    String accepted(Credentials with, @Nullable String saidUrl) {
        Credentials now = saidUrl == null ? with : with.reachedBy(saidUrl);
        boolean moved;
        synchronized (monitor) {
            strikes.clear();
            moved = !now.equals(with) && with.equals(credentials);
            if (moved) {
                credentials = now;
            }
        }
        if (moved) { // else another link may have been told the same
            identity.keep(now);
        }
        return publicUrl(now);
    }

    /**
     * The server has refused these.
     *
     * @param aLinkLives which says that they are good after all
     * @return whether they are dropped, and the tunnel has to be registered anew
     */
    boolean refused(Credentials those, boolean aLinkLives, long now) {
        synchronized (monitor) {
            if (!those.equals(credentials)) {
                return true; // another attempt has already brought others, or will
            }
            if (!strikes.add(now) || aLinkLives) {
                return false;
            }
            old = those;
            credentials = null;
            return true;
        }
    }
}
