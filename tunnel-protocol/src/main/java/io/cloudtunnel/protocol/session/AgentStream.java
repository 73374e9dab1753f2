package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.ResponseHead;
import org.jspecify.annotations.Nullable;

/** A stream at the agent, which receives a request's body and sends heads and a body. */
final class AgentStream extends Stream {

    private static final int MOST_INTERIM = 16;

    /** Told when the stream has ended by a failure; does not block. */
    interface OnFailure {
        void failed(ExchangeException reason);
    }

    private final boolean upgrade;
    private @Nullable OnFailure onFailure;
    private boolean answered; // by a final head
    private boolean unwanted; // the rest of the answer, by a stop
    private boolean requestDone;
    private int interim;
    private long interimBytes;

    AgentStream(
            Session session,
            int id,
            boolean upgrade,
            Reservation reservation,
            Outbound out,
            Inbound in) {
        super(session, id, reservation, out, in);
        this.upgrade = upgrade;
    }

    /** Whether the request asks for an upgrade. */
    boolean upgrade() {
        return upgrade;
    }

    @Override
    Frame.Chunk chunk(Bytes data, boolean end, @Nullable Fields trailers) {
        return new Frame.RespChunk(id(), data, end, trailers);
    }

    @Override
    void sent() {
        // Nobody waits for it.
    }

    @Override
    void failed(ExchangeException reason) {
        OnFailure action;
        lock.lock();
        try {
            action = onFailure;
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.failed(reason);
        }
    }

    /** What to do when it fails; at once if it has. */
    void onFailure(OnFailure action) {
        ExchangeException already;
        lock.lock();
        try {
            onFailure = action;
            already = failure;
        } finally {
            lock.unlock();
        }
        if (already != null) {
            action.failed(already);
        }
    }

    @Override
    void malformed(String problem) {
        end(new ExchangeException(ErrorCode.BAD_REQUEST, problem), Reason.BAD_REQUEST);
    }

    @Override
    ExchangeException tooLarge() {
        return ExchangeException.of(ErrorCode.LOCAL_MALFORMED, "its head is too large");
    }

    @Override
    boolean isWhole() {
        return false; // a request whose stream has ended is of no use
    }

    /**
     * Sends a response's head. It goes ahead of other streams' chunks, and has nothing of its own
     * stream before it.
     */
    void sendHead(ResponseHead head, boolean end) throws ExchangeException, ProtocolException {
        checkHead(head);
        lock.lock();
        try {
            throwIfFailed();
            if (!head.isInterim()) {
                answered(head.status() == 101);
            }
            session.urgent(new Frame.Resp(id(), head, end));
            if (end) {
                out.none();
            }
            closeIfOver();
        } finally {
            lock.unlock();
        }
    }

    /** A head that the server could not take would cost the link. */
    private void checkHead(ResponseHead head) throws ExchangeException {
        int bytes = BinaryCodec.sizeOf(head);
        ExchangeException wrong = null;
        if (bytes > session.peerHeadMax() || !session.peerTakes(head.fields())) {
            wrong = tooLarge();
        } else if (head.isInterim() && tooManyInterim(bytes)) {
            wrong = ExchangeException.of(ErrorCode.LOCAL_MALFORMED, "too many interim responses");
        } else if (head.status() == 101 && !upgrade) {
            wrong = ExchangeException.of(ErrorCode.LOCAL_MALFORMED, "a 101 that nobody asked for");
        } else if (!reservation().tryAdd(bytes)) {
            wrong = JsonFailures.outOfBudget();
        }
        if (wrong != null) {
            throw end(wrong, Reasons.of(wrong.code()));
        }
    }

    private boolean tooManyInterim(int bytes) {
        interim++;
        interimBytes += bytes;
        return interim > MOST_INTERIM || interimBytes > session.peerHeadMax();
    }

    private void answered(boolean switches) {
        answered = true;
        switched = switches;
        if (upgrade && !switches && in != null) { // the request direction has ended with it
            in.none();
            receivable.signalAll();
        }
    }

    /** Sends a whole response as a text message. */
    void sendText(Bytes text) throws ExchangeException, ProtocolException {
        lock.lock();
        try {
            throwIfFailed();
            answered(false);
            session.urgent(text);
            out.none();
            closeIfOver();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasAnswered() {
        lock.lock();
        try {
            return answered || interim > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream by a refusal; nothing of the request was used. */
    void refuse(ExchangeException reason) {
        Reason tell = Reasons.ofRefusal(reason.code());
        if (!Reasons.fitsRefused(tell) || hasAnswered()) {
            end(reason, Reasons.of(reason.code()));
            return;
        }
        lock.lock();
        try {
            if (failure != null || closed) {
                return;
            }
            failure = reason;
            closed = true;
            out.clear();
        } finally {
            lock.unlock();
        }
        session.forget(this);
        session.urgentOrFail(new Frame.Refused(id(), tell, reason.text()));
    }

    @Override
    void onChunk(Frame.Chunk chunk, int message) throws ProtocolException {
        lock.lock();
        try {
            if (upgrade && !switched) {
                throw new ProtocolException("frame-out-of-order");
            }
        } finally {
            lock.unlock();
        }
        super.onChunk(chunk, message);
    }

    @Override
    void onStop() throws ProtocolException {
        lock.lock();
        try {
            if (!answered) {
                throw new ProtocolException("frame-out-of-order");
            }
            unwanted |= !out.endQueued();
        } finally {
            lock.unlock();
        }
        super.onStop();
        cancelIfUseless();
    }

    /** The local exchange has got all of the request that it will get. */
    void requestDone() {
        lock.lock();
        try {
            requestDone = true;
        } finally {
            lock.unlock();
        }
        cancelIfUseless();
    }

    /** Neither direction is of use any longer, and a silent local service would not tell. */
    private void cancelIfUseless() {
        OnFailure action;
        lock.lock();
        try {
            action = unwanted && requestDone && failure == null ? onFailure : null;
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.failed(
                    new ExchangeException(
                            ErrorCode.CANCELLED, "the server wants no more of the answer"));
        }
    }
}
