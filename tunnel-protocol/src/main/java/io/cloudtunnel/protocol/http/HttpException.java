package io.cloudtunnel.protocol.http;

import java.io.IOException;
import java.io.Serial;

/**
 * A message violates HTTP/1.1, or a limit. The connection cannot be used any further. The text
 * names the rule, never what was received: that may hold a secret.
 */
public final class HttpException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private final int status;

    /** A violation, and the status with which a server answers it. */
    public HttpException(int status, String message) {
        super(message);
        this.status = status;
    }

    /**
     * The status with which a server answers such a request: 400, 414, 431, 501 or 505. Where a
     * response was malformed it means nothing to the client, who gets a 502.
     */
    public int status() {
        return status;
    }

    static HttpException bad(String message) {
        return new HttpException(400, message);
    }
}
