package io.cloudtunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What stands in front of several instances: connects each client to one that takes it. */
public final class Balancer implements AutoCloseable {

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile List<Integer> ports;

    public Balancer(List<Integer> ports) throws IOException {
        this.ports = List.copyOf(ports);
        listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** From now on these. */
    public void to(List<Integer> now) {
        ports = List.copyOf(now);
    }

    public String url() {
        return "http://localhost:" + listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> join(client));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void join(Socket client) {
        List<Integer> order = new ArrayList<>(ports);
        Collections.shuffle(order);
        for (int port : order) {
            try (client;
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                open.add(server);
                Thread up = Thread.ofVirtual().start(() -> pump(client, server));
                pump(server, client);
                up.join();
                open.remove(server);
                break;
            } catch (IOException e) {
                // The next one, if nothing was passed on.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        open.remove(client);
    }

    private static void pump(Socket from, Socket to) {
        try (to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // Either end has gone, and the other pump ends, too.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
