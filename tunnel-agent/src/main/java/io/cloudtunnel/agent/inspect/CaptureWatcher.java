package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.agent.local.ObservedExchange;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what an exchange carries.
 *
 * @param captures is told of what can be seen
 */
record CaptureWatcher(Capture capture, Captures captures) implements ObservedExchange.Watcher {

    @Override
    public void sending(Bytes piece) {
        capture.requestBody().add(piece);
    }

    @Override
    public void unwanted(Bytes piece) {
        capture.requestBody().drop(piece);
        captures.changed();
    }

    @Override
    public void sendingEnd(Fields trailers) {
        capture.sent(trailers);
        captures.changed(); // an early answer may be over, and now the request can be sent again
    }

    @Override
    public void answered(ResponseHead head) {
        capture.answered(head);
        captures.changed();
    }

    @Override
    public void received(Bytes piece) {
        capture.responseBody().add(piece);
    }

    @Override
    public void receivedAll(Fields trailers) {
        capture.answerEnded(trailers);
    }

    @Override
    public void ended(@Nullable ErrorCode failure) {
        if (capture.end(failure)) {
            captures.changed();
        }
    }
}
