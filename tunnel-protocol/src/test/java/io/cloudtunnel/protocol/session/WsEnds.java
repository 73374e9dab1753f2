package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** A link over a loopback connection, and at its other end a peer that does what a test says. */
final class WsEnds implements AutoCloseable {

    /** Small, so that a peer that does not read soon stops who writes. */
    private static final int SOCKET_BUFFER = 32 * 1024;

    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    final Socket peer;
    final WsReader in;
    final WsWriter out;
    final MemoryBudget budget;
    final WsLink link;

    WsEnds(Limits limits) throws IOException {
        this(limits, new MemoryBudget(64 << 20));
    }

    WsEnds(Limits limits, MemoryBudget budget) throws IOException {
        this.budget = budget;
        timer.setRemoveOnCancelPolicy(true);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
            peer = new Socket();
            peer.setReceiveBufferSize(SOCKET_BUFFER);
            peer.connect(listener.getLocalSocketAddress());
            peer.setSoTimeout(20_000);
            Socket socket = listener.accept();
            socket.setSendBufferSize(SOCKET_BUFFER);
            socket.setTcpNoDelay(true);
            link =
                    new WsLink(
                            socket.getInputStream(),
                            socket.getOutputStream(),
                            Role.SERVER,
                            limits.jsonMessageBytes(),
                            budget,
                            socket,
                            limits,
                            timer);
        }
        in = new WsReader(peer.getInputStream(), Role.CLIENT, 64 << 20);
        out = new WsWriter(peer.getOutputStream(), Role.CLIENT);
    }

    /** The next event at the peer that is not a ping. */
    WsEvent event() throws IOException {
        WsEvent event = in.next();
        while (event instanceof WsEvent.Ping) {
            event = in.next();
        }
        return event;
    }

    WsEvent.Close closeFrame() throws IOException {
        return assertInstanceOf(WsEvent.Close.class, event());
    }

    static Message.Text text(String text) {
        return new Message.Text(Bytes.utf8(text));
    }

    /** Nothing is left to be done, whatever the test did. */
    @Override
    public void close() throws IOException {
        peer.close();
        link.close(1000, "");
        assertTrue(timer.getQueue().isEmpty(), "a timer task is left behind");
        timer.shutdownNow();
    }
}
