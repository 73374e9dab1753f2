package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;

/** Whether a connection stays open after a message (RFC 9112, section 9.3). */
final class Persistence {

    private Persistence() {}

    static boolean of(HttpVersion version, Fields fields) {
        if (!fields.contains("Connection")) {
            return version == HttpVersion.HTTP_1_1;
        }
        if (fields.hasToken("Connection", "close")) {
            return false;
        }
        return version == HttpVersion.HTTP_1_1 || fields.hasToken("Connection", "keep-alive");
    }
}
