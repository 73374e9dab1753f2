package io.cloudtunnel.agent.connect;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an agent shows to the server's operator, beside its secret: a token in a file, which is read
 * anew for each link, since tokens do not last. Immutable.
 *
 * @param file null where nothing is shown
 */
public record OperatorToken(@Nullable Path file) {

    /** None. */
    public static final OperatorToken NONE = new OperatorToken(null);

    static final String FIELD = "Cloudtunnel-Authorization";

    /**
     * The field's value; null where nothing is shown.
     *
     * @throws IOException if the file cannot be read, or has no token; what it has is not repeated
     */
    @Nullable String value() throws IOException {
        return file == null ? null : TokenFile.bearer(file);
    }
}
