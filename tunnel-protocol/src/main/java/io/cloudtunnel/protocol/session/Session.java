package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonSyntaxException;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The session on one link in binary mode, the same class at both ends; docs/protocol.md, sections 6
 * and 7, and docs/concurrency.md. The side that opens streams is the server; the {@link StreamRole}
 * says what each side does with what it receives. Safe for use by several threads; one of them runs
 * {@link #serve}.
 */
public final class Session implements Patrol.Guarded {

    private static final int CONTROL_QUEUE = 4096;
    private static final int PINGS = 4;

    private final Link link;
    private final StreamRole role;
    private final Greeting own;
    private final Limits limits;
    private final MemoryBudget budget;
    private final SessionWriter writer;
    private final StreamTable streams = new StreamTable();
    private final RoundTrip roundTrip = new RoundTrip(System.nanoTime());
    private final Farewell farewell;

    private volatile @Nullable Greeting peer;

    /**
     * A session on a link that nobody else reads from.
     *
     * @param own what this side says in its hello
     */
    Session(Link link, StreamRole role, Greeting own, Limits limits, MemoryBudget budget) {
        this.link = link;
        this.role = role;
        this.own = own;
        this.limits = limits;
        this.budget = budget;
        this.writer = new SessionWriter(link, role.name(), CONTROL_QUEUE, this::writingFailed);
        this.farewell = new Farewell(streams::isEmpty, writer);
    }

    // ---- The reader's thread.

    /** Starts the writer, and says hello. */
    void start() {
        writer.start();
        writer.urgent(new Frame.Hello(own));
        measure(System.nanoTime());
    }

    /**
     * Receives until the link ends. Streams that are open then fail.
     *
     * @throws IOException if the link broke, or the peer violated the protocol
     */
    void serve() throws IOException {
        try {
            FairShare share = new FairShare();
            Message message = link.receive();
            while (message != null) {
                accept(message);
                share.passed(message.payload().length());
                message = link.receive();
            }
        } catch (ProtocolException e) {
            link.close(e.closeCode(), e.word());
            throw e;
        } catch (JsonSyntaxException e) {
            link.close(CloseCode.INVALID_PAYLOAD, "not a JSON object");
            throw e;
        } catch (RuntimeException | AssertionError e) { // a defect of ours, not to be survived
            link.close(CloseCode.INTERNAL_ERROR, "internal error");
            throw e;
        } finally {
            end(JsonFailures.lost());
        }
    }

    private void accept(Message message) throws IOException {
        switch (message) {
            case Message.Text text -> acceptText(text.payload());
            case Message.Cut ignored -> throw new ProtocolException("text-too-long");
            case Message.Binary binary -> {
                Bytes payload = binary.payload();
                for (Frame frame : BinaryCodec.decode(payload, own.headMax())) {
                    accept(frame, payload.length());
                }
            }
        }
    }

    private void acceptText(Bytes text) throws IOException {
        greeted();
        if (own.jsonMaxBody() == 0 || text.length() > own.textMax()) {
            throw new ProtocolException("text-too-long");
        }
        role.onText(this, text);
    }

    private void accept(Frame frame, int messageLength) throws ProtocolException {
        switch (frame) {
            case Frame.Hello hello -> onHello(hello.greeting());
            case Frame.Ping ping -> {
                greeted();
                if (!writer.pong(new Frame.Pong(ping.content()), PINGS)) {
                    throw new ProtocolException("ping-flood");
                }
            }
            case Frame.Pong pong -> {
                greeted();
                long now = System.nanoTime();
                roundTrip.pong(pong.content(), now);
                measure(now); // before there is load
                farewell.pong(pong.content());
            }
            case Frame.Leaving leaving -> {
                greeted();
                role.onLeaving(leaving);
            }
            case Frame.GoAway away -> {
                greeted();
                role.onGoAway(this, away);
            }
            case Frame.OfStream of -> {
                greeted();
                role.onFrame(this, of, messageLength);
            }
        }
    }

    private void onHello(Greeting greeting) throws ProtocolException {
        if (peer != null) {
            throw new ProtocolException("second-hello");
        }
        peer = greeting;
        role.onHello(this, greeting);
    }

    private void greeted() throws ProtocolException {
        if (peer == null) {
            throw new ProtocolException("no-hello");
        }
    }

    // ---- Streams.

    /** Those that are open. */
    StreamTable streams() {
        return streams;
    }

    void forget(Stream stream) {
        streams.remove(stream);
        farewell.streamEnded();
    }

    /** What a side that leaves waits for. */
    Farewell farewell() {
        return farewell;
    }

    @Override
    public void look(long nowNanos) {
        writer.look();
        for (Stream stream : streams.all()) {
            stream.look(nowNanos);
        }
    }

    // ---- Sending.

    /** Queues a frame, or a text as {@code Bytes}, that goes ahead of chunks. */
    void urgent(Object frameOrText) throws ProtocolException {
        if (!writer.urgent(frameOrText)) {
            throw new ProtocolException(LinkCloseCode.SILENT, "the peer leaves too much unread");
        }
    }

    /** Queues what opens a stream of this side's. */
    void open(int stream, Object frameOrText) throws ProtocolException {
        if (!writer.open(stream, frameOrText)) {
            throw new ProtocolException(LinkCloseCode.SILENT, "the peer leaves too much unread");
        }
    }

    /** The same for threads that are not the reader's: too much of it ends the link. */
    void urgentOrFail(Frame frame) {
        if (!writer.urgent(frame)) {
            link.close(LinkCloseCode.SILENT, "the peer leaves too much unread");
        }
    }

    /** Grants credit; where it is time to, the round trip is measured beside it. */
    void grant(int stream, int increment, long nowNanos) {
        urgentOrFail(new Frame.Credit(stream, increment));
        measure(nowNanos);
    }

    private void measure(long nowNanos) {
        Frame ping = roundTrip.due(nowNanos);
        if (ping != null) {
            urgentOrFail(ping);
        }
    }

    void ready(Stream stream) {
        writer.ready(stream);
    }

    /** The reader is woken too: nobody could answer what it still receives. */
    private void writingFailed(Throwable failure) {
        end(JsonFailures.lost());
        link.close(CloseCode.GOING_AWAY, "writing failed");
    }

    // ---- The end.

    /** Ends the session for this side: each open stream fails once. The first reason wins. */
    void end(ExchangeException reason) {
        int last = writer.close(); // before others are refused: what comes now never leaves
        streams.refuseAll(reason);
        farewell.over();
        for (Stream stream : streams.all()) {
            stream.sessionEnded(reason, last);
        }
    }

    /** Why it has ended, null while it lives. */
    @Nullable ExchangeException ended() {
        return streams.ended();
    }

    Link link() {
        return link;
    }

    Greeting own() {
        return own;
    }

    /** What the peer said, null before it said hello. */
    @Nullable Greeting peer() {
        return peer;
    }

    /** The longest head that the peer accepts, in bytes. */
    int peerHeadMax() {
        Greeting greeting = peer;
        return greeting == null ? Greeting.DEFAULT.headMax() : greeting.headMax();
    }

    /** Whether the peer can be sent these fields, alone or in a head that is short enough. */
    boolean peerTakes(Fields fields) {
        return BinaryCodec.isCarried(fields) && fields.byteCount() <= peerHeadMax();
    }

    Limits limits() {
        return limits;
    }

    MemoryBudget budget() {
        return budget;
    }

    /** The round trip of the link, 0 while it is not known. */
    long rttNanos() {
        return roundTrip.nanos();
    }
}
