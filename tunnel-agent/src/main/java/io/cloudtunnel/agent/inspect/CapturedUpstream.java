package io.cloudtunnel.agent.inspect;

import io.cloudtunnel.agent.local.ObservedExchange;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;

/** Keeps what goes to another upstream, and what comes back. Safe for use by several threads. */
final class CapturedUpstream implements Upstream {

    private final Upstream upstream;
    private final Captures captures;

    CapturedUpstream(Upstream upstream, Captures captures) {
        this.upstream = upstream;
        this.captures = captures;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        return open(head, bodyLength, captures.begin(head, bodyLength, 0));
    }

    /** Begins an exchange that is kept here. */
    Exchange open(RequestHead head, long bodyLength, Capture capture)
            throws ExchangeException, InterruptedException {
        CaptureWatcher watcher = new CaptureWatcher(capture, captures);
        ErrorCode end = ErrorCode.INTERNAL; // unless something else is caught
        boolean open = false;
        try {
            Exchange exchange = upstream.open(head, bodyLength);
            open = true;
            capture.connected();
            return new ObservedExchange(exchange, watcher);
        } catch (ExchangeException e) {
            end = e.code();
            throw e;
        } finally {
            if (!open) {
                watcher.ended(end);
            }
        }
    }
}
