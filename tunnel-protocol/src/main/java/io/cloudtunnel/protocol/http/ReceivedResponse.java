package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.ResponseHead;

/**
 * The head of a response as it came (RFC 9112, section 4).
 *
 * @param version the version
 * @param head the status and the fields, hop-by-hop ones included
 * @param framing how the end of its body is told
 */
public record ReceivedResponse(HttpVersion version, ResponseHead head, BodyFraming framing) {

    /**
     * Whether the connection may carry another request after this response (section 9.3). Not after
     * a 204 that states a length above 0: whether its bytes follow is anybody's guess.
     */
    public boolean persistent() {
        String length = head.fields().first("Content-Length");
        boolean doubtful = head.status() == 204 && length != null && !length.equals("0");
        return switch (framing.kind()) {
            case NONE, FIXED, CHUNKED -> !doubtful && Persistence.of(version, head.fields());
            case UNTIL_CLOSE, RAW -> false;
        };
    }
}
