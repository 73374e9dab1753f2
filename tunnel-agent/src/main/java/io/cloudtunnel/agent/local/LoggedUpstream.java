package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;

/** Logs one line for each exchange with another upstream. Safe for use by several threads. */
public final class LoggedUpstream implements Upstream {

    private final Upstream upstream;

    /** Logs what goes to this upstream. */
    public LoggedUpstream(Upstream upstream) {
        this.upstream = upstream;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        ExchangeLog log = new ExchangeLog(head);
        try {
            return new LoggedExchange(upstream.open(head, bodyLength), log);
        } catch (ExchangeException e) {
            log.end(e.code().token());
            throw e;
        }
    }
}
