package io.cloudtunnel.agent;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.store.CredentialsStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which tunnel an agent is the agent of: one given by hand, or one that a file keeps. */
final class Identity {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private final @Nullable CredentialsStore store;
    private final @Nullable Given given;
    private final @Nullable Credentials first;

    private Identity(
            @Nullable CredentialsStore store, @Nullable Given given, @Nullable Credentials first) {
        this.store = store;
        this.given = given;
        this.first = first;
    }

    /** Given by hand: the agent never replaces it, and nothing is written. */
    static Identity given(Given given) throws IOException {
        return new Identity(null, given, given.read());
    }

    /** Gives credentials, perhaps others than before: a file may have been written anew. */
    interface Given {
        Credentials read() throws IOException;
    }

    /**
     * Kept by a file.
     *
     * @throws IOException if the file cannot be used; the message says why, and what to do
     */
    static Identity kept(CredentialsStore store) throws IOException {
        try {
            store.prepare();
            return new Identity(store, null, store.load());
        } catch (IOException e) {
            throw new IOException(
                    "the credentials' file cannot be used: "
                            + reason(e)
                            + " (name another with --credentials FILE, or give TUNNEL_ID and"
                            + " TUNNEL_SECRET)",
                    e);
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        return e instanceof FileSystemException
                ? e.getClass().getSimpleName() + " " + message
                : message;
    }

    /** What to begin with; null where the tunnel has to be registered first. */
    @Nullable Credentials first() {
        return first;
    }

    /** Whether it was given by hand. */
    boolean isFixed() {
        return store == null;
    }

    /** What there is now: others may have written it; null if there is nothing, or it is broken. */
    @Nullable Credentials reread() {
        try {
            return store != null ? store.load() : Objects.requireNonNull(given).read();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the credentials cannot be read: {0}", reason(e));
            return null;
        }
    }

    /** Since when the secret is kept that is kept now; null where that is not known. */
    @Nullable Instant since() {
        try {
            return store == null ? null : store.since();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the credentials cannot be read: {0}", reason(e));
            return null;
        }
    }

    /** Keeps new credentials, as far as that is possible. */
    void keep(Credentials credentials) {
        if (store == null) {
            return;
        }
        try {
            store.save(credentials);
        } catch (IOException e) {
            LOGGER.log(
                    Level.ERROR,
                    "the credentials cannot be kept in {0}, so the public URL will be another one"
                            + " after a restart: {1}",
                    store.path(),
                    reason(e));
        }
    }
}
