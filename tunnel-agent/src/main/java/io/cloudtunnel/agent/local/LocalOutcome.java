package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/**
 * What of an exchange has ended, and how: it is over once, by its first failure or by the end of
 * both directions. Safe for use by several threads; its monitor is held over memory only.
 */
final class LocalOutcome {

    private @Nullable ExchangeException failure;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean over;

    /** The request has ended; true if the exchange is over by that. */
    synchronized boolean endRequest() {
        requestEnded = true;
        return complete();
    }

    /** The response has ended; true if the exchange is over by that. */
    synchronized boolean endResponse() {
        responseEnded = true;
        return complete();
    }

    private boolean complete() {
        boolean completed = !over && requestEnded && responseEnded;
        over |= completed;
        return completed;
    }

    /** Ends it by a failure; true if it was not over. */
    synchronized boolean fail(ExchangeException reason) {
        if (over) {
            return false;
        }
        over = true;
        failure = reason;
        return true;
    }

    synchronized boolean requestEnded() {
        return requestEnded;
    }

    synchronized boolean responseEnded() {
        return responseEnded;
    }

    /** The failure by which it is over, null if there was none. */
    synchronized @Nullable ExchangeException failure() {
        return failure;
    }

    synchronized void throwIfFailed() throws ExchangeException {
        if (failure != null) {
            throw failure;
        }
    }
}
