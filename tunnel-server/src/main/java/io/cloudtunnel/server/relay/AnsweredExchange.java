package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.server.front.ErrorAnswer;
import org.jspecify.annotations.Nullable;

/**
 * A request of another instance that this one answers itself, since it may not go to the agent: a
 * refusal has no place for the fields of such an answer. For the threads of one exchange.
 */
final class AnsweredExchange implements Exchange {

    private final ErrorAnswer answer;
    private final boolean hasBody;
    private boolean given; // by the thread that receives

    private AnsweredExchange(ErrorAnswer answer, boolean hasBody) {
        this.answer = answer;
        this.hasBody = hasBody;
    }

    /**
     * The answer to a request.
     *
     * @throws ExchangeException the failure, where it is not one that has to be answered here
     */
    static Exchange of(ExchangeException failure, RequestHead head) throws ExchangeException {
        return switch (failure.code()) {
            case UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, POLICY_UNAVAILABLE -> {
                String id = head.fields().first("X-Request-Id");
                yield new AnsweredExchange(
                        ErrorAnswer.of(failure, id == null ? "-" : id, head.fields()),
                        !head.method().equals("HEAD"));
            }
            default -> throw failure;
        };
    }

    /** Nothing of it is wanted. */
    @Override
    public boolean send(Bytes piece) {
        return false;
    }

    @Override
    public void endRequest(Fields trailers) {}

    @Override
    public ResponseHead receiveHead() {
        return answer.head();
    }

    @Override
    public @Nullable Bytes receive() {
        boolean first = hasBody && !given;
        given = true;
        return first ? answer.body() : null;
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    @Override
    public void cancel(ExchangeException reason) {}
}
