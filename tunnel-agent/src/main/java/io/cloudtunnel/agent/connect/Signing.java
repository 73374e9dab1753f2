package io.cloudtunnel.agent.connect;

import java.util.Locale;

/** Whether links are signed; docs/protocol.md, section 14.5. */
public enum Signing {
    /** Signed or none; the secret is sent nowhere. */
    REQUIRED,
    /** Signed where the server speaks it. */
    AUTO,
    /** Never signed. */
    OFF;

    /**
     * From its word.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public static Signing parse(String word) {
        for (Signing signing : values()) {
            if (signing.name().toLowerCase(Locale.ROOT).equals(word.toLowerCase(Locale.ROOT))) {
                return signing;
            }
        }
        throw new IllegalArgumentException("required, auto or off");
    }
}
