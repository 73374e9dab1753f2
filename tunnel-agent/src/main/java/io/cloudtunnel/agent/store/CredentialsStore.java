package io.cloudtunnel.agent.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of one tunnel, by server and name, in a file that several agents may share.
 *
 * <p>Safe for use by several threads and processes: a change is made under a lock, to what the file
 * holds at that moment, and seen by readers whole or not at all.
 */
public final class CredentialsStore {

    private final CredentialsFile file;
    private final String server;
    private final String name;

    /**
     * The entry of a tunnel; the file need not exist.
     *
     * @param server the server's URL in its normal form
     * @param name tells the tunnels of one server apart; perhaps empty
     */
    public CredentialsStore(Path file, String server, String name) {
        this.file = new CredentialsFile(file);
        this.server = server;
        this.name = name;
    }

    /** Where the file is if nobody says otherwise: where XDG or the home directory says. */
    public static Path defaultFile(Map<String, String> environment) {
        String xdg = environment.get("XDG_CONFIG_HOME");
        Path base =
                xdg != null && Path.of(xdg).isAbsolute()
                        ? Path.of(xdg)
                        : Path.of(System.getProperty("user.home", "."), ".config");
        return base.resolve("cloudtunnel").resolve("credentials.json");
    }

    /** The file. */
    public Path path() {
        return file.path();
    }

    /**
     * Sees to it that the file can be read and written.
     *
     * @throws IOException if not; the message says why
     */
    public void prepare() throws IOException {
        file.change(entries -> false);
    }

    /**
     * The credentials, or null where there are none yet.
     *
     * @throws IOException if the file cannot be read, or is none of ours; the message says so
     */
    public @Nullable Credentials load() throws IOException {
        ObjectNode entry = Entries.find(file.read(), server, name);
        return entry == null ? null : Entries.decode(entry, file.path());
    }

    /**
     * Since when the file holds the secret that it holds; null where it holds none, or does not
     * say.
     *
     * @throws IOException as {@link #load}
     */
    public @Nullable Instant since() throws IOException {
        ObjectNode entry = Entries.find(file.read(), server, name);
        return entry == null ? null : Entries.since(entry);
    }

    /**
     * Keeps credentials in place of those before, which stay in the file as {@code previous}.
     *
     * @throws IOException if the file cannot be written; then it is as it was
     */
    public void save(Credentials credentials) throws IOException {
        file.change(entries -> {
            Entries.put(entries, server, name, credentials, Instant.now());
            return true;
        });
    }
}
