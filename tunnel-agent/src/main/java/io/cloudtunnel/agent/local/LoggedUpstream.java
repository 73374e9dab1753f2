package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;

/**
 * Logs one line for each exchange with another upstream, and tells an observer. Safe for use by
 * several threads.
 */
public final class LoggedUpstream implements Upstream {

    private final Upstream upstream;
    private final Observation settings;
    private final AgentObserver observer;

    /**
     * Logs what goes to this upstream.
     *
     * @param settings what the lines have
     */
    public LoggedUpstream(Upstream upstream, Observation settings, AgentObserver observer) {
        this.upstream = upstream;
        this.settings = settings;
        this.observer = observer;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        ExchangeLog log = new ExchangeLog(head, settings, observer);
        try {
            return new LoggedExchange(upstream.open(head, bodyLength), log);
        } catch (ExchangeException e) {
            log.end(e.code());
            throw e;
        }
    }
}
