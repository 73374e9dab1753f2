package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.Nullable;

/**
 * What the beginning of a JSON message says about whose it is.
 *
 * @param type the message's type, null if it is not {@code req} or {@code resp}, or not known
 * @param id the {@code req_id}, null if it is not known
 * @param numericId whether it came as a JSON number
 */
public record JsonBeginning(@Nullable String type, @Nullable String id, boolean numericId) {

    /** Whether it is a request's, whose id is known. */
    public boolean isRequest() {
        return JsonCodec.REQUEST.equals(type) && id != null;
    }

    /** Whether it is a response's, whose id is known. */
    public boolean isResponse() {
        return JsonCodec.RESPONSE.equals(type) && id != null;
    }
}
