package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.JsonUpstream;
import io.cloudtunnel.protocol.session.LinkCloseCode;
import io.cloudtunnel.protocol.session.LinkUpstream;
import io.cloudtunnel.protocol.session.Message;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.ws.CloseCode;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.server.access.Guard;
import io.cloudtunnel.server.access.LinkAccess;
import io.cloudtunnel.server.connection.Abortable;
import io.cloudtunnel.server.registry.AgentLink;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A connection that an agent's link lives on, from the 101 to its end. */
final class AgentConnection implements ServerConnection, AgentLink {

    private static final Logger LOGGER = System.getLogger(AgentConnection.class.getName());

    private final String tunnelId;
    private final long generation; // of its secret
    private final LinkAccess access;
    private final String peer;
    private final LinkAcceptor acceptor;
    private final long openedNanos = System.nanoTime();
    private final WsLink link;
    private final boolean signed;
    private final LinkUpstream upstream;
    private final CountDownLatch begun = new CountDownLatch(1); // until the 101 is written
    private final LinkEnding ending;
    private volatile @Nullable Greeting greeting;
    private volatile Revocations.@Nullable Watch watch; // from begin on

    AgentConnection(
            ConnectionContext context,
            AgentEndpoint.Admitted admitted,
            boolean binary,
            LinkAcceptor acceptor) {
        this.tunnelId = admitted.tunnelId();
        this.generation = admitted.generation();
        this.access = acceptor.access(admitted.policyHash(), binary);
        this.acceptor = acceptor;
        this.peer = context.remotePeer().host();
        this.link =
                new WsLink(
                        ContextStreams.input(context.dataReader(), context.serverSocket()),
                        ContextStreams.output(context.dataWriter()),
                        Role.SERVER,
                        binary ? BinaryCodec.MAX_MESSAGE : acceptor.limits().jsonMessageBytes(),
                        acceptor.budget(),
                        Abortable.of(context)::abort,
                        acceptor.limits(),
                        acceptor.timer());
        LinkKeys keys = admitted.keys();
        this.signed = keys != null;
        this.upstream =
                binary
                        ? new SessionUpstream(
                                keys == null ? link : keys.serverEnd(link),
                                acceptor.greeting(),
                                acceptor.limits(),
                                acceptor.budget(),
                                acceptor.patrol(),
                                new AgentEvents())
                        : new JsonUpstream(link, acceptor.limits(), acceptor.budget());
        this.ending = new LinkEnding(tunnelId, acceptor, link, upstream, begun);
    }

    /**
     * Makes the link known, and then tells the agent that it is open: who has seen the 101 is
     * reached by the next public request. If the handshake fails nothing is left of the link.
     *
     * @param handshake writes the 101
     */
    void begin(Runnable handshake) {
        try {
            acceptor.links().add(tunnelId, this);
            watch = acceptor.revocations().watch(tunnelId, generation, ending::revoked);
            handshake.run();
        } catch (RuntimeException e) {
            upstream.end(
                    new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "agent not connected"));
            forget();
            link.close(CloseCode.GOING_AWAY, "the handshake failed");
            throw e;
        } finally {
            begun.countDown();
        }
    }

    /** Runs until the link ends. Takes no permit of the limit, which is for public requests. */
    @Override
    public void handle(Limit limit) {
        String open = signed ? "open, signed" : "open";
        LOGGER.log(Level.INFO, "link tunnel={0} agent={1} {2}", tunnelId, peer, open);
        acceptor.observer().linkOpened(upstream.carriesInterim());
        ending.begin();
        try {
            upstream.serve();
        } catch (IOException e) {
            boolean forged =
                    e instanceof ProtocolException violation
                            && violation.closeCode() == LinkCloseCode.AUTHENTICATION;
            LOGGER.log(
                    forged ? Level.WARNING : Level.DEBUG,
                    () ->
                            "link tunnel="
                                    + tunnelId
                                    + " agent="
                                    + peer
                                    + " broke: "
                                    + (forged ? "a message is not the agent's own: " : "")
                                    + e.getMessage());
            awaitEnd();
        } finally {
            ending.over();
            forget();
            acceptor.observer().linkEnded(System.nanoTime() - openedNanos);
            LOGGER.log(
                    Level.INFO,
                    "link tunnel={0} agent={1} closed: {2}",
                    tunnelId,
                    peer,
                    link.ending());
        }
    }

    private void forget() {
        Revocations.Watch watching = watch;
        if (watching != null) {
            watching.close();
        }
        acceptor.links().remove(tunnelId, this);
        access.close();
        acceptor.release();
    }

    /** What the session tells of its agent. */
    private final class AgentEvents implements SessionUpstream.Events {
        @Override
        public void greeted(Greeting said) {
            String wrong = access.take(said.policy());
            if (wrong != null) {
                LOGGER.log(
                        Level.WARNING,
                        "link tunnel={0} agent={1} has a policy that is wrong: {2}",
                        tunnelId,
                        peer,
                        wrong);
                ending.refused("policy: " + wrong);
            }
            greeting = said; // only now, since it lets requests in
            acceptor.links().greeted(tunnelId, AgentConnection.this);
        }

        @Override
        public void answers(boolean answers) {
            LOGGER.log(
                    Level.INFO,
                    "link tunnel={0} agent={1} {2}",
                    tunnelId,
                    peer,
                    answers ? "is heard of again" : "is silent, and gets no new requests");
            if (answers) {
                acceptor.links().recovered(tunnelId);
            }
        }
    }

    /**
     * Lets the close frame leave and the peer answer it: returning closes the connection, and with
     * bytes unread the peer might never see why. The link ends this by its limit for closing.
     */
    private void awaitEnd() {
        try {
            Message dropped = link.receive();
            while (dropped != null) {
                dropped = link.receive();
            }
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "the link is at its end", e);
        }
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        begun.await(); // nothing may be written before the 101
        upstream.awaitHello(); // who may use the tunnel is not known before
        if (!isKnown()) {
            throw new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "agent not connected");
        }
        RequestHead admitted = access.admit(head, acceptor.links().guards(tunnelId));
        return upstream.open(admitted, bodyLength);
    }

    @Override
    public boolean carriesInterim() {
        return upstream.carriesInterim();
    }

    @Override
    public boolean takesRequests() {
        return !ending.hasBegun() && upstream.takesRequests();
    }

    @Override
    public boolean isReady() {
        return upstream.isReady() && upstream.hasRoom();
    }

    @Override
    public int openExchanges() {
        return upstream.openExchanges();
    }

    @Override
    public long openedNanos() {
        return openedNanos;
    }

    @Override
    public String agent() {
        Greeting said = greeting;
        return said == null ? "" : said.agent();
    }

    @Override
    public boolean isKnown() {
        return greeting != null || !upstream.carriesInterim();
    }

    @Override
    public @Nullable Guard guard() {
        return access.guard();
    }

    @Override
    public boolean isExclusive() {
        Greeting said = greeting;
        return said != null && said.exclusive();
    }

    @Override
    public void announceLeaving(Duration left) {
        upstream.announce(left);
    }

    @Override
    public void replaced() {
        ending.replaced();
    }

    @Override
    public void leave(Duration atMost) throws InterruptedException {
        ending.leave(atMost);
    }

    /** Links have pings of their own. */
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        link.close(CloseCode.GOING_AWAY, "the server is shutting down");
    }
}
