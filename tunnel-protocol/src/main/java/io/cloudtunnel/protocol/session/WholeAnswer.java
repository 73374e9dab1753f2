package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response that is all there, as JSON mode needs it.
 *
 * @param head the final head
 * @param body the whole body
 */
record WholeAnswer(ResponseHead head, Bytes body) {

    /** Bodies are handed on in pieces of at most so many bytes. */
    static final int PIECE = 64 * 1024;

    /** How a failure is told to the server: as an ordinary answer. */
    static WholeAnswer of(ExchangeException failure) {
        Fields fields =
                Fields.of(
                        "Content-Type",
                        "text/plain; charset=utf-8",
                        "Cloudtunnel-Error",
                        failure.code().token());
        return new WholeAnswer(
                new ResponseHead(failure.code().status(), fields),
                Bytes.utf8(failure.text() + "\n"));
    }

    /**
     * Receives the final head and the whole body; interim heads have no place in JSON mode.
     *
     * @param seen gets the final head as soon as it is there
     * @param buffer gets the body
     */
    static ResponseHead collect(
            Exchange exchange,
            AtomicReference<@Nullable ResponseHead> seen,
            BodyBuffer buffer,
            Limits limits)
            throws ExchangeException, InterruptedException {
        ResponseHead head = exchange.receiveHead();
        while (head.isInterim()) {
            head = exchange.receiveHead();
        }
        seen.set(head);
        if (head.status() == 101) {
            throw JsonFailures.upgradeNotCarried();
        }
        if (head.fields().byteCount() > limits.headBytes()) {
            throw ExchangeException.of(ErrorCode.LOCAL_MALFORMED, "its head is too large");
        }
        if (isEventStream(head)) {
            throw ExchangeException.of(ErrorCode.ANSWER_WITHOUT_END, "it is an event stream");
        }
        Bytes piece = exchange.receive();
        while (piece != null) {
            keep(buffer, piece, limits);
            piece = exchange.receive();
        }
        return HeadFields.withoutTrailer(head); // trailers have no place in JSON mode, too
    }

    private static void keep(BodyBuffer buffer, Bytes piece, Limits limits)
            throws ExchangeException {
        switch (buffer.add(piece)) {
            case KEPT -> {}
            case OVER_LIMIT -> throw JsonFailures.answerTooLarge(limits);
            case OVER_BUDGET -> throw JsonFailures.outOfBudget();
        }
    }

    private static boolean isEventStream(ResponseHead head) {
        String type = head.fields().first("Content-Type");
        return type != null
                && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")
                && !head.fields().contains("Content-Length");
    }

    /**
     * What it means that an answer is not complete after so much time.
     *
     * @param head the final head, if it has come
     */
    static ExchangeException late(@Nullable ResponseHead head, Duration time) {
        return head == null || head.fields().contains("Content-Length")
                ? ExchangeException.of(ErrorCode.LOCAL_TIMEOUT)
                : ExchangeException.of(
                        ErrorCode.ANSWER_WITHOUT_END,
                        "it was still coming after " + time.toMillis() + " ms");
    }
}
