package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.ws.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Both ends of a session over a loopback connection, and behind them a local service. */
final class TunnelFixture implements AutoCloseable {

    /** One end's part of serving a link. */
    private interface Serving {
        void serve() throws IOException;
    }

    final SessionUpstream upstream;
    final SessionResponder responder;
    final LocalService local;
    final MemoryBudget agentBudget = new MemoryBudget(1L << 30);
    final MemoryBudget serverBudget = new MemoryBudget(1L << 30);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Socket serverSocket;
    private final Socket agentSocket;
    private final Thread server;
    private final Thread agent;

    TunnelFixture(String url, int streams) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            agentSocket = new Socket(listener.getInetAddress(), listener.getLocalPort());
            serverSocket = listener.accept();
        }
        Limits limits = Limits.DEFAULT.toBuilder().streams(streams).build();
        Patrol patrol = new Patrol(timer);
        Greeting hello = Greeting.of("test", limits);
        local =
                new LocalService(
                        LocalAddress.parse(url), HostRule.LOCAL, Trust.platform(), limits, patrol);
        upstream =
                new SessionUpstream(
                        link(serverSocket, Role.SERVER, limits),
                        hello,
                        limits,
                        serverBudget,
                        patrol);
        responder =
                new SessionResponder(
                        link(agentSocket, Role.CLIENT, limits),
                        new LoggedUpstream(local, Observation.DEFAULT, AgentObserver.NONE, null),
                        hello,
                        limits,
                        agentBudget,
                        (millis, reason) -> {});
        server = start("server", upstream::serve);
        agent = start("agent", responder::serve);
    }

    private WsLink link(Socket socket, Role role, Limits limits) throws IOException {
        socket.setTcpNoDelay(true);
        return new WsLink(
                socket.getInputStream(),
                socket.getOutputStream(),
                role,
                1 << 20,
                role == Role.SERVER ? serverBudget : agentBudget,
                socket,
                limits,
                timer);
    }

    private static Thread start(String name, Serving serving) {
        return Thread.ofVirtual()
                .name("test-" + name)
                .start(() -> {
                    try {
                        serving.serve();
                    } catch (IOException ignored) {
                        // The link was cut: what follows from it is what tests look at.
                    }
                });
    }

    /** Asks for another protocol. */
    Exchange ask() throws Exception {
        return upstream.open(
                RequestHead.of("GET", "/ws", Fields.of("Upgrade", "raw", "X-A", "b")), 0);
    }

    /** Has changed to another protocol. */
    Exchange switched() throws Exception {
        Exchange exchange = ask();
        assertEquals(101, exchange.receiveHead().status());
        return exchange;
    }

    /** The link is lost. */
    void cut() throws IOException {
        serverSocket.close();
    }

    /** All is released, once each exchange was cancelled. */
    @Override
    public void close() throws IOException {
        cut();
        agentSocket.close();
        try {
            assertTrue(server.join(Duration.ofSeconds(10)));
            assertTrue(agent.join(Duration.ofSeconds(10)));
            assertTrue(responder.drain(Duration.ofSeconds(10)), "a request did not end");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        local.close();
        timer.shutdownNow();
        assertEquals(0, agentBudget.usedBytes());
        assertEquals(0, serverBudget.usedBytes());
    }
}
