package io.cloudtunnel.server.relay;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The broker or the directory cannot be reached, or does not answer in time. */
public final class BrokerException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /** A failure with its cause. */
    public BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
