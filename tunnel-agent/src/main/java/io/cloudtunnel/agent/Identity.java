package io.cloudtunnel.agent;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.agent.store.CredentialsStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Which tunnel an agent is the agent of: one given by hand, or one that a file keeps. */
final class Identity {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private final @Nullable CredentialsStore store;
    private final @Nullable Credentials first;

    private Identity(@Nullable CredentialsStore store, @Nullable Credentials first) {
        this.store = store;
        this.first = first;
    }

    /** Given by hand: it is never replaced, and nothing is written. */
    static Identity given(Credentials credentials) {
        return new Identity(null, credentials);
    }

    /**
     * Kept by a file.
     *
     * @throws IOException if the file cannot be used; the message says why, and what to do
     */
    static Identity kept(CredentialsStore store) throws IOException {
        try {
            store.prepare();
            return new Identity(store, store.load());
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
