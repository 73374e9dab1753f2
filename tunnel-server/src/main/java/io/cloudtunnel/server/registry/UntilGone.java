package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.function.Consumer;

/** A client that waits for a link of a tunnel, and may leave meanwhile. */
final class UntilGone implements TunnelUpstream.OnWait {

    private final Consumer<Runnable> onGone;
    private volatile boolean gone;

    /**
     * One that is there.
     *
     * @param onGone takes what has to be done if it leaves
     */
    UntilGone(Consumer<Runnable> onGone) {
        this.onGone = onGone;
    }

    @Override
    public void waiting(Bridge.Wait wait) {
        onGone.accept(() -> {
            gone = true;
            wait.cancel();
        });
    }

    /** Why the wait ended without a link. */
    ExchangeException failure(ExchangeException otherwise) {
        return gone
                ? new ExchangeException(ErrorCode.CANCELLED, "the client has gone").untouched()
                : otherwise;
    }
}
