package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.time.Duration;

/**
 * The server's side of a link in binary mode. Safe for use by several threads; one of them runs
 * {@link #serve}.
 */
public final class SessionUpstream implements LinkUpstream {

    /** How long a request waits for the hello of an agent that has just connected. */
    private static final Duration HELLO = Duration.ofSeconds(5);

    private final AnswerFrames answers;
    private final Session session;
    private final Limits limits;
    private final MemoryBudget budget;
    private final Patrol patrol;
    private final Admission admission = new Admission();
    private final Events events;
    private final Responsiveness responsiveness;
    private final Patrol.Guarded guarded = this::look;

    /** What a link's owner wants to know of its agent. None of it blocks. */
    public interface Events {
        /** What the agent says of itself; called once, by the thread that receives. */
        void greeted(Greeting greeting);

        /**
         * The agent does not answer, or does again; called by the patrol.
         *
         * @param answers whether it gets requests from now on
         */
        default void answers(boolean answers) {}
    }

    /**
     * The server's side of a link, which nobody else reads from.
     *
     * @param patrol ends exchanges whose time is over
     */
    public SessionUpstream(
            Link link, Greeting own, Limits limits, MemoryBudget budget, Patrol patrol) {
        this(link, own, limits, budget, patrol, greeting -> {});
    }

    /**
     * The same, for who wants to know what the agent says of itself.
     *
     * @param events is told
     */
    public SessionUpstream(
            Link link,
            Greeting own,
            Limits limits,
            MemoryBudget budget,
            Patrol patrol,
            Events events) {
        this.answers = new AnswerFrames(events::greeted);
        this.events = events;
        this.responsiveness = new Responsiveness(limits);
        this.session = new Session(link, answers, own, limits, budget);
        this.limits = limits;
        this.budget = budget;
        this.patrol = patrol;
    }

    /**
     * Says hello, and receives until the link ends. Exchanges that are open then fail.
     *
     * @throws IOException if the link broke, or the peer violated the protocol
     */
    @Override
    public void serve() throws IOException {
        patrol.add(guarded);
        try {
            session.start();
            session.serve();
        } finally {
            patrol.remove(guarded);
            answers.noHello();
        }
    }

    private void look(long nowNanos) {
        session.look(nowNanos);
        boolean waiting = !session.streams().all().isEmpty();
        switch (responsiveness.look(nowNanos, session.link().bytesReceived(), waiting)) {
            case SAME -> {}
            case PING -> session.urgentOrFail(new Frame.Ping(0)); // any answer will do
            case LOST -> events.answers(false);
            case FOUND -> events.answers(true);
        }
    }

    @Override
    public void awaitHello() throws InterruptedException {
        if (session.peer() == null && session.ended() == null) {
            answers.awaitHello(HELLO);
        }
    }

    @Override
    public Exchange open(RequestHead asked, long bodyLength)
            throws ExchangeException, InterruptedException {
        RequestHead head = bodyLength == 0 ? asked : HeadFields.withoutUpgrade(asked);
        awaitHello();
        Greeting peer = session.peer();
        if (session.ended() != null || peer == null) {
            throw notConnected();
        }
        int headBytes = BinaryCodec.sizeOf(head);
        if (headBytes > peer.headMax()
                || head.target().length() > 0xFFFF
                || !session.peerTakes(head.fields())) {
            throw ExchangeException.of(ErrorCode.HEAD_TOO_LARGE, "the agent takes less");
        }
        admission.enter(mostStreams(peer));
        Reservation reservation =
                head.fields().contains("Upgrade")
                        ? Reservation.tryReserveRaw(budget, headBytes)
                        : Reservation.tryReserve(budget, headBytes, bodyLength != 0);
        if (reservation == null) {
            exchangeEnded();
            throw JsonFailures.outOfBudget();
        }
        boolean begun = false;
        try {
            Exchange exchange = begin(head, bodyLength, peer, reservation);
            begun = true;
            return exchange;
        } finally {
            if (!begun && reservation.release()) {
                exchangeEnded();
            }
        }
    }

    private Exchange begin(
            RequestHead head, long bodyLength, Greeting peer, Reservation reservation)
            throws ExchangeException {
        boolean text =
                bodyLength >= 0
                        && bodyLength <= peer.jsonMaxBody()
                        && reservation.window().window() >= session.own().window()
                        && JsonForm.fits(head, bodyLength, peer);
        BodyBuffer small = text ? new BodyBuffer(budget, (int) bodyLength) : null;
        SessionExchange exchange =
                new SessionExchange(this, head, bodyLength, limits, reservation, small);
        if (!text) {
            exchange.began(openFrames(head, bodyLength, peer, reservation));
        }
        return exchange;
    }

    private ServerStream openFrames(
            RequestHead head, long bodyLength, Greeting peer, Reservation reservation)
            throws ExchangeException {
        boolean upgrade = head.fields().contains("Upgrade") && bodyLength == 0;
        boolean end = bodyLength == 0 && !upgrade;
        int credit = reservation.window().window();
        return opened(id -> {
            Outbound out = reservation.outbound(upgrade ? WindowSizer.LEAST : peer.window());
            ServerStream stream = stream(id, head, upgrade, reservation, out, credit);
            if (end) {
                out.none();
            }
            if (bodyLength == 0) {
                stream.requestSent();
            }
            session.streams().hold(stream);
            session.open(id, new Frame.Req(id, credit, head, end, upgrade));
            return stream;
        });
    }

    /** Opens a stream with a request that is all there, in JSON form. */
    ServerStream openText(RequestHead head, Bytes body, Reservation reservation)
            throws ExchangeException {
        if (!reservation.tryAdd(JsonForm.textBytes(BinaryCodec.sizeOf(head), body.length()))) {
            throw JsonFailures.outOfBudget();
        }
        return opened(id -> {
            Outbound out = reservation.outbound(0);
            out.none();
            int credit = session.own().window(); // as its hello said
            ServerStream stream = stream(id, head, false, reservation, out, credit);
            stream.requestSent();
            session.streams().hold(stream);
            session.open(
                    id,
                    JsonCodec.encode(new JsonMessage.Request(Integer.toString(id), head, body)));
            return stream;
        });
    }

    private ServerStream stream(
            int id,
            RequestHead head,
            boolean upgrade,
            Reservation reservation,
            Outbound out,
            int credit) {
        var asked = new ServerStream.Asked(head.method(), upgrade);
        return new ServerStream(session, id, asked, reservation, out, credit);
    }

    private ServerStream opened(ServerStream.Opening opening) throws ExchangeException {
        ServerStream stream;
        try {
            stream = session.streams().open(opening);
        } catch (ProtocolException e) {
            session.link().close(e.closeCode(), e.word());
            throw JsonFailures.lost();
        }
        if (stream == null) {
            throw notConnected();
        }
        return stream;
    }

    static ExchangeException notConnected() {
        return JsonFailures.notConnected();
    }

    void exchangeEnded() {
        admission.leave();
    }

    /** Once the agent has said hello. */
    @Override
    public boolean isReady() {
        return session.peer() != null && session.ended() == null;
    }

    @Override
    public boolean hasRoom() {
        Greeting peer = session.peer();
        return peer == null || admission.inside() < mostStreams(peer);
    }

    private int mostStreams(Greeting peer) {
        return Math.min(peer.streams(), session.own().streams());
    }

    /** Exchanges that are open. */
    @Override
    public int openExchanges() {
        return admission.inside();
    }

    @Override
    public boolean takesRequests() {
        return session.streams().opens() && !responsiveness.isLost();
    }

    @Override
    public void stop() {
        session.streams().stopOpening();
    }

    @Override
    public void retire(Duration left) {
        session.streams().stopOpening();
        session.urgentOrFail(new Frame.Leaving(left.toMillis(), Reason.LINK_EXPIRED, ""));
    }

    @Override
    public void announce(Duration left) {
        session.urgentOrFail(new Frame.Leaving(left.toMillis(), Reason.DRAINING, ""));
    }

    /** Who leaves because the server does is still served until then. */
    @Override
    public boolean drain(Duration atMost, Reason reason) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        if (reason != Reason.DRAINING) {
            session.streams().stopOpening();
        }
        session.urgentOrFail(new Frame.Leaving(atMost.toMillis(), reason, ""));
        boolean ignored = admission.awaitNone(atMost);
        session.streams().stopOpening(); // what was opened meanwhile is waited for, too
        return admission.awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    @Override
    public void expire() {
        session.streams().stopOpening();
        for (Stream stream : session.streams().all()) {
            stream.end(JsonFailures.expired(), Reason.LINK_EXPIRED);
        }
    }

    /** Takes no more requests, and fails those that are open. */
    @Override
    public void end(ExchangeException reason) {
        session.end(reason);
    }
}
