package io.cloudtunnel.server;

import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.prefix.RootFallback;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Of a builder: under which names and paths the public sees a tunnel. For one thread. */
final class Naming {

    private RootFallback.Mode rootFallback = RootFallback.Mode.REFERER;
    private boolean rewritesPrefix = true;
    private @Nullable String hostDomain;
    private Map<String, String> hostNames = Map.of();

    /** As {@link TunnelServerBuilder#rootFallback}. */
    void rootFallback(String mode) {
        rootFallback = RootFallback.Mode.parse(mode);
    }

    RootFallback.Mode rootFallback() {
        return rootFallback;
    }

    /** As {@link TunnelServerBuilder#rewritePrefix}. */
    void rewritePrefix(boolean rewrites) {
        rewritesPrefix = rewrites;
    }

    boolean rewritesPrefix() {
        return rewritesPrefix;
    }

    /** As {@link TunnelServerBuilder#hostDomain}. */
    void hostDomain(String domain) {
        HostMode.check(domain, Map.of());
        hostDomain = domain;
    }

    /** As {@link TunnelServerBuilder#hostNames}. */
    void hostNames(Map<String, String> idsByHost) {
        HostMode.check(null, idsByHost);
        hostNames = Collections.unmodifiableMap(new LinkedHashMap<>(idsByHost));
    }

    /** As {@link HostMode#of}. */
    @Nullable HostMode hosts(@Nullable URI publicBaseUrl) {
        return HostMode.of(hostDomain, hostNames, publicBaseUrl);
    }
}
