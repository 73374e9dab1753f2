package io.cloudtunnel.server.relay.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A redis-server as a process of its own, on a free port of the loopback interface. */
public final class RedisServer implements AutoCloseable {

    private static final int ATTEMPTS = 1000;
    private static final String PASSWORD = "not-secret";

    private final int port;
    private Process process;

    public RedisServer() throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        start();
    }

    /** Starts it again, empty. */
    public void start() throws IOException, InterruptedException {
        process =
                new ProcessBuilder(
                                List.of(
                                        "redis-server",
                                        "--port",
                                        Integer.toString(port),
                                        "--bind",
                                        "127.0.0.1",
                                        "--save",
                                        "",
                                        "--requirepass",
                                        PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        for (int i = 0; !accepts(); i++) {
            if (i == ATTEMPTS || !process.isAlive()) {
                throw new IOException("redis-server does not start");
            }
            boolean ignored = process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public String url() {
        return "redis://:" + PASSWORD + "@127.0.0.1:" + port;
    }

    /** Ends it; everything in it is lost. */
    public void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
