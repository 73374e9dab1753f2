package io.cloudtunnel.server;

import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.PolicyStore;
import io.cloudtunnel.server.relay.SecretStore;
import io.cloudtunnel.server.relay.file.StateFile;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Where it is kept what was done to tunnels: with what several instances share, in a file of this
 * server's own, or nowhere. Safe for use by several threads.
 */
final class Keeping implements AutoCloseable {

    private final @Nullable Engine engine;
    private final @Nullable StateFile file;

    /**
     * Nothing is opened yet.
     *
     * @param engine what several instances share; null where this one is alone
     * @throws IllegalArgumentException if there is a file besides
     */
    Keeping(@Nullable Engine engine, @Nullable Path file, Clock clock) {
        if (engine != null && file != null) {
            throw new IllegalArgumentException(
                    "a state file is of one server; what several share is kept with the rest");
        }
        this.engine = engine;
        this.file = file == null ? null : new StateFile(file, clock);
    }

    /** Null where it is kept nowhere. */
    @Nullable SecretStore secrets() {
        return engine == null ? file : engine.directory().secrets();
    }

    /** The same. */
    @Nullable Holdings holdings() {
        return engine == null ? file : engine.directory().holdings();
    }

    /** Null where policies are kept in memory only: the file has none. */
    @Nullable PolicyStore policies() {
        return engine == null ? null : engine.directory().policies();
    }

    /**
     * Opens the file, if there is one.
     *
     * @throws IllegalStateException if it cannot be used; the message says why
     */
    void open() {
        if (file != null) {
            file.open();
        }
    }

    /** Closes the file; what is shared is closed by whoever opened it. */
    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
