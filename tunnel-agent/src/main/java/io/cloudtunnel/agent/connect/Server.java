package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an agent asks of the server. Safe for use by several threads. */
public interface Server {

    /**
     * Registers.
     *
     * @param old the pair before, to be restored if the server can; null where there is none
     * @throws IOException if no answer came that can be understood
     */
    Registered register(@Nullable Credentials old) throws IOException, InterruptedException;

    /**
     * Has the secret of a tunnel replaced by the next one. The one before counts for some time.
     *
     * @throws IOException if no answer came that can be understood: it may have been done
     */
    Registered rotate(Credentials old) throws IOException, InterruptedException;

    /**
     * Asks what the server speaks, for a pair that was given by hand: it does not say.
     *
     * @return as {@link Credentials#protocols}; empty where the server does not say
     * @throws IOException if no answer came that can be understood
     */
    Optional<List<String>> protocols() throws IOException;

    /**
     * Opens a link.
     *
     * @throws IOException if no answer came that can be understood; the message names the hop
     */
    Dialled dial(Credentials credentials) throws IOException;

    /**
     * Asks where the public reaches the tunnel.
     *
     * @return empty if the answer says nothing
     * @throws IOException if none came
     */
    Optional<Presence> probe(Credentials credentials, String publicUrl) throws IOException;
}
