package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.Authority;
import io.cloudtunnel.server.front.Forwarding;
import io.cloudtunnel.server.prefix.HostMode;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the public finds a tunnel.
 *
 * @param configured the base that is configured, null to take it from the registering request
 * @param hosts null where tunnels have no hosts of their own
 */
public record PublicUrls(@Nullable URI configured, @Nullable HostMode hosts) {

    String of(String tunnelId, Fields request, boolean secure) {
        String base = base(request, secure);
        URI own = hosts == null ? null : hosts.publicUrl(tunnelId, URI.create(base));
        return own == null ? base + "/pub/" + tunnelId : own.toString();
    }

    private String base(Fields request, boolean secure) {
        if (configured != null) {
            String base = configured.toString();
            return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        }
        String proto = Forwarding.forwardedProto(request);
        String scheme = proto != null ? proto : secure ? "https" : "http";
        String host = request.first("Host");
        boolean usable = host != null && Authority.parse(host) != null;
        return scheme + "://" + (usable ? host : "localhost");
    }
}
