package io.cloudtunnel.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A redis-server as a process of its own, on a free port of the loopback interface. */
final class RedisServer implements AutoCloseable {

    private final Path home;
    private final int port;
    private final boolean keeps;
    private Programs process;

    RedisServer(Path home) throws IOException, InterruptedException {
        this(home, false);
    }

    /** One that has kept what it was told when it is started again. */
    static RedisServer onDisk(Path home) throws IOException, InterruptedException {
        return new RedisServer(home, true);
    }

    private RedisServer(Path home, boolean keeps) throws IOException, InterruptedException {
        this.home = home;
        this.keeps = keeps;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        this.process = launch();
    }

    private Programs launch() throws IOException, InterruptedException {
        Programs started =
                Programs.start(
                        home,
                        List.of(
                                Tools.need("redis-server"),
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                keeps ? "yes" : "no",
                                "--appendfsync",
                                "always"),
                        Map.of());
        Waiting.until(10, "redis-server", this::accepts);
        return started;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Ends it; everything in it is lost, unless it is on disk. */
    void stop() throws InterruptedException {
        process.kill();
        int ignored = process.awaitExit();
    }

    /** Starts it again, empty unless it is on disk. */
    void start() throws IOException, InterruptedException {
        process = launch();
    }

    @Override
    public void close() {
        process.close();
    }
}
