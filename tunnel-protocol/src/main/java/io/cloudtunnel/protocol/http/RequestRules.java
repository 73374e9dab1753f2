package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import java.util.List;

/** What a request must have besides a framing (RFC 9112, section 3.2). */
final class RequestRules {

    private RequestRules() {}

    /** Exactly one Host in HTTP/1.1, at most one in 1.0; empty, or well-formed. */
    static void checkHost(HttpVersion version, Fields fields) throws HttpException {
        List<String> hosts = fields.all("Host");
        if (hosts.size() > 1) {
            throw HttpException.bad("more than one Host");
        }
        if (hosts.isEmpty()) {
            if (version == HttpVersion.HTTP_1_1) {
                throw HttpException.bad("no Host in an HTTP/1.1 request");
            }
            return;
        }
        String host = hosts.getFirst();
        if (!host.isEmpty() && Authority.parse(host) == null) {
            throw HttpException.bad("Host is malformed");
        }
    }
}
