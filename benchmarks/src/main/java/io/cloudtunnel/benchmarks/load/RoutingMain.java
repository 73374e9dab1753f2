package io.cloudtunnel.benchmarks.load;

import io.cloudtunnel.server.TunnelServer;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.util.List;

/**
 * A tunnel server of which the public side is Helidon's routing instead of our own connection: the
 * baseline of the latter. Agents connect on a listener of their own.
 */
public final class RoutingMain {

    private RoutingMain() {}

    /** Runs until it is killed; the arguments are the port for agents and the public one. */
    public static void main(String[] args) {
        TunnelServer tunnel = TunnelServer.builder().build();
        WebServerConfig.Builder agents = listener(tunnel, args[0]);
        WebServerConfig.Builder routed = listener(tunnel, args[1]);
        routed.connectionSelectors(
                List.of(
                        Http1ConnectionSelector.builder()
                                .config(Http1Config.builder().validatePath(false).build())
                                .build()));
        agents.build().start();
        routed.build().start();
    }

    private static WebServerConfig.Builder listener(TunnelServer tunnel, String port) {
        WebServerConfig.Builder builder =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(Integer.parseInt(port))
                        .shutdownHook(false);
        tunnel.install(builder);
        return builder;
    }
}
