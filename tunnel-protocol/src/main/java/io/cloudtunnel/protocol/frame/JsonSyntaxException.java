package io.cloudtunnel.protocol.frame;

import java.io.IOException;
import java.io.Serial;

/** A text message cannot be understood at all. The message quotes nothing of its content. */
public final class JsonSyntaxException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    JsonSyntaxException(String message) {
        super(message);
    }
}
