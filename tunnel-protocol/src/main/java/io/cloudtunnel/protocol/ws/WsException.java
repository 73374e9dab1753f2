package io.cloudtunnel.protocol.ws;

import java.io.IOException;
import java.io.Serial;

/**
 * The peer violated RFC 6455 or a limit of this end. The connection is to be closed with {@link
 * #closeCode()}; the message fits into a close frame as the reason, and holds nothing of what the
 * peer sent.
 */
public final class WsException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private final int closeCode;

    WsException(int closeCode, String message) {
        super(message);
        this.closeCode = closeCode;
    }

    static WsException protocol(String message) {
        return new WsException(CloseCode.PROTOCOL_ERROR, message);
    }

    /** The code to close with, such as {@link CloseCode#PROTOCOL_ERROR}; it may be sent. */
    public int closeCode() {
        return closeCode;
    }
}
