package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Patrol;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A local service without a port: work of this program, done on a virtual thread for each request.
 * Safe for use by several threads.
 */
public final class InProcessService implements LocalUpstream, Patrol.Guarded {

    /** What answers a request. */
    public interface Work {
        /** Returns once the answer is given; throws where there is none. */
        void handle(InProcessExchange exchange) throws IOException, InterruptedException;
    }

    private final Work work;
    private final Limits limits;
    private final Semaphore places; // one for each thread that works, also after a failure
    private final Patrol patrol;
    private final Set<InProcessExchange> open = ConcurrentHashMap.newKeySet(); // bounded by places

    /**
     * A service.
     *
     * @param most requests at a time
     * @param patrol ends exchanges whose time is over
     */
    public InProcessService(Work work, Limits limits, int most, Patrol patrol) {
        this.work = work;
        this.limits = limits;
        this.places = new Semaphore(most);
        this.patrol = patrol;
        patrol.add(this);
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength) throws ExchangeException {
        if (!places.tryAcquire()) {
            throw new ExchangeException(
                    ErrorCode.TOO_MANY_STREAMS, "too many requests at the local service");
        }
        InProcessExchange exchange = new InProcessExchange(head, bodyLength, limits);
        open.add(exchange);
        exchange.begin(work, () -> ended(exchange));
        return exchange;
    }

    private void ended(InProcessExchange exchange) {
        open.remove(exchange);
        places.release();
    }

    @Override
    public void look(long nowNanos) {
        open.forEach(exchange -> exchange.look(nowNanos));
    }

    /** Requests that somebody works at, for tests. */
    int working() {
        return open.size();
    }

    @Override
    public void close() {
        patrol.remove(this);
        ExchangeException stopped =
                new ExchangeException(ErrorCode.CANCELLED, "the agent is shutting down");
        open.forEach(exchange -> exchange.cancel(stopped));
    }
}
