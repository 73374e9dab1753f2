package io.cloudtunnel.program;

import java.io.Serial;

/** An option is missing or wrong. The message says which one, where it was given, and the cure. */
public final class SettingException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    /** An error with its message, which holds no secret. */
    public SettingException(String message) {
        super(message);
    }
}
