package io.cloudtunnel.server.relay.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker as a process of its own, on a free port of the loopback interface. */
public abstract class RealServer implements AutoCloseable {

    private static final int ATTEMPTS = 1000;

    private final int port;
    private Process process;

    RealServer() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    abstract List<String> command(int listensAt);

    final int port() {
        return port;
    }

    /** Where it is, and how to be let in. */
    public abstract String url();

    /**
     * Starts it, with nothing but what it kept on disk; for the first time, or again at the same
     * port.
     */
    public final void start() throws IOException, InterruptedException {
        process =
                new ProcessBuilder(command(port))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        for (int i = 0; !accepts(); i++) {
            if (i == ATTEMPTS || !process.isAlive()) {
                throw new IOException(command(port).getFirst() + " does not start");
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

    /** Ends it; everything in it is lost, unless it is on disk. */
    public final void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** It holds its connections, and does nothing any more. */
    public final void hang() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** It goes on. */
    public final void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        String pid = Long.toString(process.pid());
        int status = new ProcessBuilder("kill", name, pid).start().waitFor();
        if (status != 0) {
            throw new IOException("kill " + name + " failed");
        }
    }

    @Override
    public final void close() {
        process.destroyForcibly();
    }
}
