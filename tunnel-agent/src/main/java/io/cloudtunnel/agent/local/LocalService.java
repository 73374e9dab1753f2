package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Patrol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The local service, spoken to in HTTP/1.1 over as many kept-alive connections as there are
 * requests at a time. Safe for use by several threads.
 *
 * <p>No redirect is followed, nothing is decompressed, and no host is talked to but the one given.
 */
public final class LocalService implements LocalUpstream, Patrol.Guarded {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.local");

    private final LocalAddress address;
    private final HostRule host;
    private final Limits limits;
    private final LocalDialer dialer;
    private final LocalPool pool;
    private final Set<LocalExchange> open = ConcurrentHashMap.newKeySet(); // bounded by callers
    private final Patrol patrol;

    /**
     * A local service, to which nothing is connected yet.
     *
     * @param patrol ends exchanges whose time is over, and closes idle connections
     */
    public LocalService(
            LocalAddress address, HostRule host, Trust trust, Limits limits, Patrol patrol) {
        this.address = address;
        this.host = host;
        this.limits = limits;
        this.dialer =
                new LocalDialer(
                        address, trust, HttpLimits.DEFAULT.withHeadBytes(limits.headBytes()));
        this.pool = new LocalPool(limits.streams());
        this.patrol = patrol;
        patrol.add(this);
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength) throws ExchangeException {
        LocalRequest request = LocalRequest.of(head, bodyLength, host, address);
        LocalConnection pooled = pool.take();
        LocalConnection connection = pooled == null ? connect() : pooled;
        LocalExchange exchange = new LocalExchange(this, request, connection, limits);
        open.add(exchange);
        return exchange;
    }

    /** A new connection; the message of a failure names no address. */
    LocalConnection connect() throws ExchangeException {
        try {
            return dialer.connect();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "cannot reach {0}: {1}", address, e.toString());
            throw new ExchangeException(
                    ErrorCode.LOCAL_UNREACHABLE, "the agent cannot reach the local service", e);
        }
    }

    /** An exchange is over. */
    void ended(LocalExchange exchange, LocalConnection connection, boolean reusable) {
        open.remove(exchange);
        if (reusable) {
            pool.give(connection);
        } else {
            connection.close();
        }
    }

    @Override
    public void look(long nowNanos) {
        open.forEach(exchange -> exchange.look(nowNanos));
        pool.closeIdle(nowNanos);
    }

    /** Idle connections, for tests. */
    int idleConnections() {
        return pool.size();
    }

    /** Ends what is open, and closes all connections. */
    @Override
    public void close() {
        patrol.remove(this);
        ExchangeException stopped =
                new ExchangeException(ErrorCode.CANCELLED, "the agent is shutting down");
        open.forEach(exchange -> exchange.cancel(stopped));
        pool.close();
    }
}
