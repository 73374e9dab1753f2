package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.observe.AgentObserver;
import io.cloudtunnel.agent.observe.CallTracer;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * Logs one line for each exchange with another upstream, and tells an observer. Safe for use by
 * several threads.
 */
public final class LoggedUpstream implements Upstream {

    private final Upstream upstream;
    private final Observation settings;
    private final AgentObserver observer;
    private final @Nullable CallTracer tracer;

    /**
     * Logs what goes to this upstream.
     *
     * @param settings what the lines have
     * @param tracer makes spans of them; null where nobody wants any
     */
    public LoggedUpstream(
            Upstream upstream,
            Observation settings,
            AgentObserver observer,
            @Nullable CallTracer tracer) {
        this.upstream = upstream;
        this.settings = settings;
        this.observer = observer;
        this.tracer = tracer;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        CallTracer.Call span = tracer == null ? null : tracer.begin(head);
        ExchangeLog log = new ExchangeLog(head, settings, observer, span);
        try {
            RequestHead traced = span == null ? head : span.head();
            return new ObservedExchange(upstream.open(traced, bodyLength), log);
        } catch (ExchangeException e) {
            log.ended(e.code());
            throw e;
        }
    }
}
