package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.Tokens;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One request to work of this program and its answer. The tunnel's side is {@link Exchange}; the
 * work's side is {@link #asked}, {@link #body} and {@link #answer}. The answer has ended when the
 * work has.
 */
public final class InProcessExchange implements Exchange {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.local");

    private final RequestHead asked;
    private final boolean upgrade;
    private final Handover request = new Handover();
    private final HandedInput body = new HandedInput(request);
    private final Handover response = new Handover();
    private final LocalWaits waits;
    private final LocalOutcome outcome = new LocalOutcome();
    private final CountDownLatch decided = new CountDownLatch(1); // there is a head, or a failure
    private volatile @Nullable ResponseHead head;
    private volatile @Nullable Thread worker;

    // Of the worker:
    private @Nullable HandedOutput out;
    private boolean answered; // whole; what is left is for the tunnel to take it

    InProcessExchange(RequestHead head, long bodyLength, Limits limits) {
        Fields fields = HopByHop.strip(head.fields()).without("Upgrade");
        asked = head.with(bodyLength == UNKNOWN_LENGTH ? fields.without("Content-Length") : fields);
        upgrade = bodyLength == 0 && head.fields().contains("Upgrade");
        waits = new LocalWaits(limits);
        if (bodyLength == 0) {
            request.end(); // an upgrade's request ends only after its answer
        }
    }

    /** Starts the work on a thread of its own. */
    void begin(InProcessService.Work work, Runnable onEnd) {
        Thread thread =
                Thread.ofVirtual().name("tunnel-local-handler").unstarted(() -> run(work, onEnd));
        worker = thread;
        thread.start();
    }

    private void run(InProcessService.Work work, Runnable onEnd) {
        try {
            work.handle(this);
            finish();
        } catch (IOException | RuntimeException e) {
            if (outcome.failure() == null) { // else it is what it was told
                LOGGER.log(Level.WARNING, "the local handler failed", e);
            }
            broken("the local service failed", e);
        } catch (InterruptedException e) {
            broken("the local service was interrupted", e);
        } finally {
            broken("the local service failed", null); // an Error; else it is over already
            worker = null;
            onEnd.run();
        }
    }

    private void finish() {
        HandedOutput written = out;
        if (written == null) {
            LOGGER.log(Level.WARNING, "the local handler gave no answer");
            broken("the local service gave no answer", null);
        } else if (written.isShort()) {
            LOGGER.log(Level.WARNING, "the local handler gave less than Content-Length says");
            broken("the local service broke off its answer", null);
        } else {
            request.refuse();
            answered = true;
            response.end();
        }
    }

    private void broken(String text, @Nullable Throwable cause) {
        if (!answered) {
            fail(new ExchangeException(ErrorCode.LOCAL_BROKEN, text, cause));
        }
    }

    /** The request, as the work sees it. */
    public RequestHead asked() {
        return asked;
    }

    /** The request's body, for the work. */
    public InputStream body() {
        return body;
    }

    /**
     * Begins the answer.
     *
     * @throws IllegalArgumentException if it cannot be sent
     * @throws IllegalStateException if it has begun before
     */
    public OutputStream answer(ResponseHead answer) throws IOException {
        HandedOutput begun = prepare(answer);
        give(answer);
        return begun;
    }

    /** Gives the whole answer; a small one is there with its head, so that it travels as one. */
    public void answer(ResponseHead answer, Bytes whole) throws IOException {
        HandedOutput begun = prepare(answer);
        boolean small = whole.length() <= HandedOutput.PIECE;
        if (small) {
            begun.write(whole);
        }
        give(answer);
        if (!small) {
            begun.write(whole);
        }
    }

    private HandedOutput prepare(ResponseHead answer) throws IOException {
        if (out != null) {
            throw new IllegalStateException("the answer has begun");
        }
        long stated = check(answer);
        ExchangeException failed = outcome.failure();
        if (failed != null) {
            throw new IOException(failed.text(), failed);
        }
        boolean bodiless =
                asked.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        HandedOutput made = new HandedOutput(response, bodiless, stated);
        out = made;
        return made;
    }

    /** The stated length, negative where none is. */
    private static long check(ResponseHead answer) {
        check(answer.status() >= 200, "a status from 200 to 999");
        Fields fields = answer.fields();
        for (int i = 0; i < fields.size(); i++) {
            check(Tokens.isToken(fields.name(i)), "a field name is not a token");
            check(Tokens.isValue(fields.value(i)), "a field value has control characters");
        }
        check(!fields.contains("Transfer-Encoding"), "Transfer-Encoding is not the handler's");
        List<String> lengths = fields.all("Content-Length");
        check(
                lengths.isEmpty()
                        || (lengths.size() == 1 && lengths.getFirst().matches("\\d{1,18}")),
                "Content-Length is malformed or repeated");
        return lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst());
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private void give(ResponseHead answer) {
        head = LocalHeads.passedOn(answer);
        decided.countDown();
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        outcome.throwIfFailed();
        checkAnswered();
        try {
            waits.writing();
            boolean wanted = request.put(piece);
            waits.progressed();
            return wanted;
        } finally {
            waits.notWriting();
        }
    }

    @Override
    public void endRequest(Fields trailers) throws ExchangeException {
        outcome.throwIfFailed();
        checkAnswered();
        request.end();
        waits.progressed();
        boolean ignored = outcome.endRequest(); // nothing is held that had to be freed
    }

    /** Nothing of an upgrade's request direction comes before its answer. */
    private void checkAnswered() {
        if (upgrade && head == null) {
            throw new IllegalStateException("the upgrade was not answered yet");
        }
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        waits.awaitingHead(true);
        decided.await();
        waits.awaitingHead(false);
        outcome.throwIfFailed();
        ResponseHead given = head;
        if (given == null) {
            throw new IllegalStateException("the exchange is over");
        }
        return given;
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        outcome.throwIfFailed();
        waits.readingBody();
        Bytes piece = response.take();
        waits.notReadingBody();
        if (piece == null) {
            boolean ignored = outcome.endResponse();
        }
        return piece;
    }

    @Override
    public int readyBytes() {
        return head == null ? 0 : response.ready();
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    @Override
    public void cancel(ExchangeException reason) {
        fail(reason);
    }

    /** For the patrol: fails the exchange where the work has taken too long. */
    void look(long nowNanos) {
        boolean sentWhole = upgrade || outcome.requestEnded() || request.isRefused();
        String late = waits.overdue(nowNanos, sentWhole);
        if (late != null) {
            fail(new ExchangeException(ErrorCode.LOCAL_TIMEOUT, late));
        }
    }

    /** The first failure wins. */
    private void fail(ExchangeException reason) {
        if (!outcome.fail(reason)) {
            return;
        }
        request.fail(reason);
        response.fail(reason);
        decided.countDown();
        Thread working = worker;
        if (working != null && working != Thread.currentThread()) {
            working.interrupt();
        }
    }
}
