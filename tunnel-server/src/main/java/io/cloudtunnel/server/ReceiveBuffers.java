package io.cloudtunnel.server;

import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.util.function.Consumer;

/**
 * Leaves the size of receive buffers to the system, which fits it to the connection.
 *
 * <p>Helidon sets it to 4 KiB on each listener that does not name another size, and a size that is
 * named switches the system's own measuring off. 4 KiB stalls a bulk transfer even on one machine;
 * any fixed size bounds its rate by size over round trip. docs/decisions/receive-buffers.md has
 * figures.
 */
final class ReceiveBuffers {

    /** The best that can be had where the listener is somebody else's. */
    static final int FIXED_BYTES = 4 * 1024 * 1024;

    private ReceiveBuffers() {}

    /**
     * The same configuration, but for what is done to the listening socket.
     *
     * @param made is told of that socket before it is bound
     */
    static WebServerConfig leftToTheSystem(WebServerConfig config, Consumer<ServerSocket> made) {
        return (WebServerConfig)
                Proxy.newProxyInstance(
                        WebServerConfig.class.getClassLoader(),
                        new Class<?>[] {WebServerConfig.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("configureSocket")
                                    && arguments[0] instanceof ServerSocket socket) {
                                configure(socket);
                                made.accept(socket);
                                return null;
                            }
                            try {
                                return method.invoke(config, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause() == null ? e : e.getCause();
                            }
                        });
    }

    private static void configure(ServerSocket socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
