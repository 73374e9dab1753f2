package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one request and its answer: at most {@link #MOST_BYTES}. Safe for use by several
 * threads.
 */
final class Capture {

    static final int MOST_TARGET = 8 * 1024;
    static final int MOST_FIELDS = 24 * 1024;
    static final int MOST_TRAILERS = 4 * 1024;
    static final int MOST_BYTES = MOST_TARGET + 2 * (MOST_FIELDS + MOST_TRAILERS + BodyStart.MOST);

    private static final int LONGEST_METHOD = 64;
    private static final int LONGEST_REASON = 128;
    private static final int MOST_INTERIM = 16;

    private final long number;
    private final long again;
    private final long bodyLength;
    private final long beganMillis = System.currentTimeMillis();
    private final long beganNanos = System.nanoTime();
    private final RequestHead head;
    private final int leftOut;
    private final boolean targetCut;
    private final BodyStart requestBody;
    private final BodyStart responseBody = new BodyStart(-1);
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile List<Integer> interim = List.of();
    private volatile KeptFields requestTrailers = KeptFields.NONE;
    private volatile KeptFields responseTrailers = KeptFields.NONE;
    private volatile KeptFields answerFields = KeptFields.NONE;
    private volatile @Nullable ResponseHead answer;
    private volatile @Nullable ErrorCode failure;
    private volatile Times times = Times.NONE;

    /**
     * When what happened, in nanoseconds since the request came; -1 for what has not.
     *
     * @param connected there was a connection to the local service
     * @param sent the request was sent whole
     * @param answered the final head of the answer had come
     * @param ended it was over
     */
    record Times(long connected, long sent, long answered, long ended) {
        static final Times NONE = new Times(-1, -1, -1, -1);
    }

    /**
     * A request that begins now.
     *
     * @param again the number of the one that it repeats; 0 for none
     */
    Capture(long number, RequestHead whole, long bodyLength, long again) {
        this.number = number;
        this.again = again;
        this.bodyLength = bodyLength;
        this.requestBody = new BodyStart(bodyLength);
        String target = whole.target();
        String method = whole.method();
        targetCut = target.length() + LONGEST_METHOD > MOST_TARGET;
        boolean methodCut = method.length() > LONGEST_METHOD;
        KeptFields kept = KeptFields.of(whole.fields(), MOST_FIELDS);
        leftOut = kept.leftOut() + (methodCut ? 1 : 0);
        head =
                RequestHead.of(
                        methodCut ? method.substring(0, LONGEST_METHOD) : method,
                        targetCut ? target.substring(0, MOST_TARGET - LONGEST_METHOD) : target,
                        kept.fields());
    }

    private long now() {
        return System.nanoTime() - beganNanos;
    }

    synchronized void connected() {
        times = new Times(now(), times.sent(), times.answered(), times.ended());
    }

    void sent(Fields trailers) {
        requestTrailers = KeptFields.of(trailers, MOST_TRAILERS);
        requestBody.end();
        sentAt(now());
    }

    private synchronized void sentAt(long nanos) {
        times = new Times(times.connected(), nanos, times.answered(), times.ended());
    }

    void answered(ResponseHead next) {
        if (next.isInterim()) {
            List<Integer> more = new ArrayList<>(interim);
            more.add(next.status());
            interim = List.copyOf(more.size() > MOST_INTERIM ? interim : more);
            return;
        }
        KeptFields kept = KeptFields.of(next.fields(), MOST_FIELDS);
        String reason = next.reason();
        boolean cut = reason.length() > LONGEST_REASON;
        answerFields = kept;
        answer =
                new ResponseHead(
                        next.status(),
                        cut ? reason.substring(0, LONGEST_REASON) : reason,
                        kept.fields());
        answeredAt(now());
    }

    private synchronized void answeredAt(long nanos) {
        times = new Times(times.connected(), times.sent(), nanos, times.ended());
    }

    /** The answer's body is over. */
    void answerEnded(Fields trailers) {
        responseTrailers = KeptFields.of(trailers, MOST_TRAILERS);
        responseBody.end();
    }

    /**
     * It is over; only the first end counts.
     *
     * @param why null if it ended well
     * @return whether this was the first end
     */
    boolean end(@Nullable ErrorCode why) {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        failure = why;
        endedAt(now());
        return true;
    }

    private synchronized void endedAt(long nanos) {
        times = new Times(times.connected(), times.sent(), times.answered(), nanos);
    }

    long number() {
        return number;
    }

    /** The number of the request that this one repeats; 0 for none. */
    long again() {
        return again;
    }

    /** As the exchange was opened with. */
    long bodyLength() {
        return bodyLength;
    }

    long beganMillis() {
        return beganMillis;
    }

    /** What is kept of the request's head. */
    RequestHead head() {
        return head;
    }

    /** How many field lines of the request were left out. */
    int leftOut() {
        return leftOut;
    }

    boolean targetCut() {
        return targetCut;
    }

    BodyStart requestBody() {
        return requestBody;
    }

    BodyStart responseBody() {
        return responseBody;
    }

    List<Integer> interim() {
        return interim;
    }

    KeptFields requestTrailers() {
        return requestTrailers;
    }

    KeptFields responseTrailers() {
        return responseTrailers;
    }

    /** What is kept of the answer's final head; null before it has come. */
    @Nullable ResponseHead answer() {
        return answer;
    }

    int answerLeftOut() {
        return answerFields.leftOut();
    }

    Times times() {
        return times;
    }

    /** Whether it is over. */
    boolean isOver() {
        return times.ended() >= 0;
    }

    /** Why it did not end well; null if it did, or is not over. */
    @Nullable ErrorCode failure() {
        return failure;
    }

    /** Why the same request cannot be sent again; null if it can. */
    @Nullable String notAgain() {
        if (head.fields().contains("Upgrade") && bodyLength == 0) {
            return "it asks for another protocol";
        }
        if (targetCut || leftOut > 0 || requestTrailers.leftOut() > 0) {
            return "its head was too large to be kept whole";
        }
        BodyStart.Known body = requestBody.known();
        if (bodyLength != 0 && !body.whole()) {
            return body.length() > body.start().length()
                    ? "its body has more than the %d bytes that are kept".formatted(BodyStart.MOST)
                    : "its body has not come whole";
        }
        return null;
    }

    /** The memory that it takes, as docs/inspect.md counts it. */
    int bytes() {
        return head.method().length()
                + head.target().length()
                + new KeptFields(head.fields(), 0).bytes()
                + answerFields.bytes()
                + requestTrailers.bytes()
                + responseTrailers.bytes()
                + requestBody.bytes()
                + responseBody.bytes();
    }
}
