package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.signed.SignedSecret;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether links are signed; docs/protocol.md, section 14. */
public enum SignedMode {
    /** All of them; none in JSON mode is taken. */
    REQUIRED(SignedSecret.SUBPROTOCOL),
    /** Those whose agents ask for it. */
    ALLOWED(AgentEndpoint.BINARY + ", " + SignedSecret.SUBPROTOCOL),
    /** None. */
    OFF(AgentEndpoint.BINARY);

    private final String protocols;

    SignedMode(String protocols) {
        this.protocols = protocols;
    }

    /**
     * From its word.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public static SignedMode parse(String word) {
        for (SignedMode mode : values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word.toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        throw new IllegalArgumentException("required, allowed or off");
    }

    /** The value of {@code Cloudtunnel-Protocols}. */
    String protocols() {
        return protocols;
    }

    /** The code of the error that a handshake gets; null where it may go on. */
    @Nullable String refusal(boolean signed) {
        return switch (this) {
            case REQUIRED -> signed ? null : "signed-required";
            case ALLOWED -> null;
            case OFF -> signed ? "signed-off" : null;
        };
    }

    /** What that means, for people. */
    String refusalText() {
        return this == OFF
                ? "this server takes no signed links: it is set to SIGNED=off"
                : "this server takes signed links only: start the agent with --signed required";
    }
}
