package io.cloudtunnel.observe;

import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.time.Duration;

/** A web server in HTTP/1.1 for few, which takes no bodies. */
final class SmallServer {

    private static final Duration IDLE = Duration.ofMinutes(2);

    private SmallServer() {}

    /**
     * Starts listening.
     *
     * @param port 0 for any free one
     * @param mostConnections who comes more often waits
     * @param cure what it is for, and what to do if the port cannot be had
     * @throws IllegalStateException if the port cannot be had
     */
    static WebServer start(
            String host, int port, int mostConnections, HttpRouting.Builder routing, String cure) {
        WebServer started =
                WebServer.builder()
                        .host(host)
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .maxTcpConnections(mostConnections)
                        .idleConnectionTimeout(IDLE)
                        .maxPayloadSize(0)
                        .addConnectionSelector(
                                Http1ConnectionSelector.builder()
                                        .config(Http1Config.create())
                                        .build())
                        .protocolsDiscoverServices(false)
                        .contentEncoding(
                                ContentEncodingContext.builder()
                                        .contentEncodingsDiscoverServices(false)
                                        .build())
                        .routing(routing)
                        .build()
                        .start();
        if (!started.isRunning()) {
            throw new IllegalStateException(
                    "cannot listen on " + host + " port " + port + " " + cure);
        }
        return started;
    }
}
