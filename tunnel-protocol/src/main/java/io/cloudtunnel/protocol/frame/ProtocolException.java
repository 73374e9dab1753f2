package io.cloudtunnel.protocol.frame;

import java.io.IOException;
import java.io.Serial;

/** A peer violates the protocol. It costs the peer its link. */
public final class ProtocolException extends IOException {

    /** A frame, or its order, is wrong. */
    public static final int PROTOCOL_ERROR = 4000;

    /** More was sent or granted than may be. */
    public static final int FLOW_CONTROL = 4003;

    @Serial private static final long serialVersionUID = 1L;

    private final int closeCode;

    /** With close code 4000; the word is one of docs/protocol.md. */
    public ProtocolException(String word) {
        this(PROTOCOL_ERROR, word);
    }

    /** With another close code. */
    public ProtocolException(int closeCode, String word) {
        super(word);
        this.closeCode = closeCode;
    }

    /** The code to close the link with. */
    public int closeCode() {
        return closeCode;
    }

    /** The word that says what was wrong. */
    public String word() {
        return String.valueOf(getMessage());
    }
}
