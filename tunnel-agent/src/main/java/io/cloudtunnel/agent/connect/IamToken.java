package io.cloudtunnel.agent.connect;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent shows to the front end of a platform that lets in only who has a token of the
 * platform's own, as Cloud Run does behind IAM. It is shown beside all else, and the server never
 * sees more than that front end passes on. Safe for use by several threads.
 */
@FunctionalInterface
public interface IamToken {

    /** None. */
    IamToken NONE = () -> null;

    /** The word for a token of the machine's metadata server. */
    String METADATA = "metadata";

    /** Cloud Run looks here first, so that {@code Authorization} stays free. */
    String FIELD = "X-Serverless-Authorization";

    /**
     * The field's value; null where nothing is shown. May wait for the metadata server.
     *
     * @throws IOException if there is none to be had; the message says why, and has none of it
     */
    @Nullable String value() throws IOException;

    /**
     * Where tokens come from.
     *
     * @param source {@link #METADATA}, a file that is read each time, or null for none
     * @param server whom tokens of the metadata server are for
     * @param environment may say in {@code GCE_METADATA_HOST} where that is
     */
    static IamToken of(
            @Nullable String source, ServerAddress server, Map<String, String> environment) {
        if (source == null) {
            return NONE;
        }
        if (source.equals(METADATA)) {
            return new MetadataToken(
                    environment.getOrDefault("GCE_METADATA_HOST", MetadataToken.HOST),
                    server.withoutPath(),
                    Clock.systemUTC());
        }
        Path file = Path.of(source);
        return () -> TokenFile.bearer(file);
    }
}
