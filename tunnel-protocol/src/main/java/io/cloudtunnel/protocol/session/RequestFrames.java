package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.io.IOException;
import java.time.Duration;

/** What the agent does with what the server sends. */
final class RequestFrames implements StreamRole {

    /** Handlers that may still be busy after their streams have ended, in percent of streams. */
    private static final int SLACK = 125;

    private final Upstream upstream;
    private final SessionResponder.OnLeaving onLeaving;
    private final Admission admission = new Admission();

    RequestFrames(Upstream upstream, SessionResponder.OnLeaving onLeaving) {
        this.upstream = upstream;
        this.onLeaving = onLeaving;
    }

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public void onHello(Session session, Greeting greeting) {
        // The session keeps it.
    }

    @Override
    public void onFrame(Session session, Frame.OfStream frame, int messageLength)
            throws ProtocolException {
        if (frame instanceof Frame.Req req) {
            onRequest(session, req);
            return;
        }
        switch (frame) {
            case Frame.Resp ignored -> throw new ProtocolException("wrong-direction");
            case Frame.RespChunk ignored -> throw new ProtocolException("wrong-direction");
            case Frame.Refused ignored -> throw new ProtocolException("wrong-direction");
            default -> {
                Stream found = session.streams().find(frame.stream());
                if (found
                        instanceof
                        AgentStream stream) { // else it has ended, and this crossed the end
                    onFrame(stream, frame, messageLength);
                }
            }
        }
    }

    private static void onFrame(AgentStream stream, Frame.OfStream frame, int messageLength)
            throws ProtocolException {
        switch (frame) {
            case Frame.ReqChunk chunk -> stream.onChunk(chunk, messageLength);
            case Frame.Credit credit -> stream.onCredit(credit.increment());
            case Frame.Stop ignored -> stream.onStop();
            case Frame.Reset reset ->
                    stream.end(Reasons.failure(reset.reason(), reset.text(), false), null);
            default -> throw new IllegalStateException("handled above");
        }
    }

    private void onRequest(Session session, Frame.Req req) throws ProtocolException {
        if (req.upgrade() && !req.head().fields().contains("Upgrade")) {
            refuseAtOnce(session, req.stream(), "an upgrade that does not say to what");
            return;
        }
        RequestHead head = req.upgrade() ? req.head() : HeadFields.withoutUpgrade(req.head());
        Inbound.Begin begin = req.end() ? Inbound.Begin.NONE : Inbound.Begin.BODY;
        open(session, req.stream(), head, req.credit(), req.upgrade(), begin, Bytes.EMPTY);
    }

    @Override
    public void onText(Session session, Bytes text) throws IOException {
        switch (JsonCodec.decode(text)) {
            case JsonMessage.Request request -> {
                int id = JsonForm.streamId(request.id());
                Greeting peer = session.peer();
                int credit = peer == null ? 0 : peer.window();
                if (request.body().length() > session.own().jsonMaxBody()) {
                    refuseAtOnce(session, id, "the body is too long for its form");
                    return;
                }
                open(
                        session,
                        id,
                        HeadFields.withoutUpgrade(request.head()),
                        credit,
                        false,
                        Inbound.Begin.WHOLE,
                        request.body());
            }
            case JsonMessage.MalformedRequest wrong ->
                    refuseAtOnce(session, JsonForm.streamId(wrong.id()), wrong.problem());
            case JsonMessage.Response ignored -> throw new ProtocolException("wrong-direction");
            case JsonMessage.MalformedResponse ignored ->
                    throw new ProtocolException("wrong-direction");
            case JsonMessage.Unknown ignored -> throw new ProtocolException("bad-text");
        }
    }

    private void refuseAtOnce(Session session, int id, String problem) throws ProtocolException {
        if (session.streams().opened(id)) {
            refuse(session, id, Reason.BAD_REQUEST, "the request is malformed: " + problem);
        }
    }

    private static void refuse(Session session, int id, Reason reason, String text)
            throws ProtocolException {
        session.urgent(new Frame.Refused(id, reason, text));
    }

    private void open(
            Session session,
            int id,
            RequestHead head,
            int credit,
            boolean upgrade,
            Inbound.Begin begin,
            Bytes body)
            throws ProtocolException {
        if (!session.streams().opened(id)) {
            return; // crossed our go-away, which has refused it
        }
        Greeting peer = session.peer();
        int streams = Math.min(session.own().streams(), peer == null ? 1 : peer.streams());
        if (session.streams().all().size() >= streams) {
            throw new ProtocolException("too-many-streams");
        }
        String wrong = HeadFields.problem(head);
        if (wrong != null) {
            refuse(session, id, Reason.BAD_REQUEST, "the request is malformed: " + wrong);
            return;
        }
        if (!admission.tryEnter(streams * SLACK / 100 + 1)) {
            refuse(session, id, Reason.TOO_MANY_STREAMS, "too many requests at a time");
            return;
        }
        boolean receives = begin == Inbound.Begin.BODY;
        int window = receives ? upgrade ? WindowSizer.LEAST : session.own().window() : 0;
        int bytes = BinaryCodec.sizeOf(head) + body.length();
        Reservation reservation =
                upgrade
                        ? Reservation.tryReserveRaw(session.budget(), bytes)
                        : Reservation.tryAccept(session.budget(), bytes, window);
        if (reservation == null) {
            admission.leave();
            refuse(session, id, Reason.OUT_OF_BUDGET, JsonFailures.outOfBudget().text());
            return;
        }
        long declared =
                upgrade ? Exchange.UNKNOWN_LENGTH : HeadFields.declaredLength(head.fields());
        Inbound in = new Inbound(declared, reservation.window(), window);
        if (!receives && in.whole(body) != Inbound.Received.OK) {
            reservation.release();
            admission.leave();
            refuse(
                    session,
                    id,
                    Reason.BAD_REQUEST,
                    "the body is not as long as Content-Length says");
            return;
        }
        var out = reservation.outbound(credit);
        var stream = new AgentStream(session, id, upgrade, reservation, out, in);
        session.streams().hold(stream);
        long length = bodyLength(begin, body, declared, upgrade);
        run(new StreamHandler(session, stream, upstream, head, length), id, reservation);
    }

    private void run(StreamHandler handler, int id, Reservation reservation) {
        Thread.ofVirtual()
                .name("tunnel-stream-" + id)
                .start(() -> {
                    try {
                        handler.run();
                    } finally {
                        reservation.release();
                        admission.leave();
                    }
                });
    }

    private static long bodyLength(
            Inbound.Begin begin, Bytes body, long declared, boolean upgrade) {
        return switch (begin) {
            case NONE -> 0;
            case WHOLE -> body.length();
            case BODY -> upgrade ? 0 : declared;
        };
    }

    @Override
    public void onLeaving(Frame.Leaving leaving) {
        onLeaving.leaving(leaving.millis(), leaving.reason());
    }

    @Override
    public void onGoAway(Session session, Frame.GoAway away) throws ProtocolException {
        throw new ProtocolException("wrong-direction");
    }

    boolean awaitNone(Duration atMost) throws InterruptedException {
        return admission.awaitNone(atMost);
    }

    int inside() {
        return admission.inside();
    }
}
