package io.cloudtunnel.agent.connect;

import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.api.WebClientConfig;
import java.time.Duration;

/** How this agent asks servers: each question on a connection of its own, and nobody in between. */
final class PlainClient {

    private PlainClient() {}

    /** One that follows no redirects, and waits so long for bytes. */
    static WebClientConfig.Builder builder(Duration readLimit) {
        return WebClient.builder()
                .readTimeout(readLimit)
                .followRedirects(false)
                .keepAlive(false)
                .shareConnectionCache(false)
                .proxy(Proxy.noProxy());
    }
}
