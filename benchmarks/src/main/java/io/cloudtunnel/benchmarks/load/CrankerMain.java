package io.cloudtunnel.benchmarks.load;

import com.hsbc.cranker.connector.CrankerConnectorBuilder;
import com.hsbc.cranker.connector.RegistrationUriSuppliers;
import com.hsbc.cranker.mucranker.CrankerRouter;
import com.hsbc.cranker.mucranker.CrankerRouterBuilder;
import io.muserver.MuServerBuilder;
import java.net.URI;
import java.util.List;

/**
 * The rival, protocol version 3: its router and its connector, as its own documentation sets up.
 */
public final class CrankerMain {

    private CrankerMain() {}

    /**
     * Runs until it is killed; the arguments are the public, the registration and the local port.
     */
    public static void main(String[] args) {
        CrankerRouter router =
                CrankerRouterBuilder.crankerRouter()
                        .withSupportedCrankerProtocols(List.of("cranker_3.0", "cranker_1.0"))
                        .start();
        listen(args[0], router.createHttpHandler());
        listen(args[1], router.createRegistrationHandler());
        CrankerConnectorBuilder.connector()
                .withHttpClient(CrankerConnectorBuilder.createHttpClient(false).build())
                .withRouterUris(
                        RegistrationUriSuppliers.fixedUris(URI.create("ws://127.0.0.1:" + args[1])))
                .withPreferredProtocols(List.of(CrankerConnectorBuilder.CRANKER_PROTOCOL_3))
                .withRoute("*")
                .withComponentName("benchmark")
                .withTarget(URI.create("http://127.0.0.1:" + args[2]))
                .start();
    }

    private static void listen(String port, io.muserver.MuHandler handler) {
        MuServerBuilder.muServer()
                .withInterface("127.0.0.1")
                .withHttpPort(Integer.parseInt(port))
                .withMaxRequestSize(Long.MAX_VALUE)
                .addHandler(handler)
                .start();
    }
}
