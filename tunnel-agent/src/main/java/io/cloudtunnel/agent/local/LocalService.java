package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The local service, spoken to in HTTP/1.1 over as many kept-alive connections as there are
 * requests at a time. Safe for use by several threads.
 *
 * <p>No redirect is followed, nothing is decompressed, and no host is talked to but the one given.
 */
public final class LocalService implements Upstream, AutoCloseable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent.local");
    private static final long LONGEST_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LocalAddress address;
    private final HostRule host;
    private final Limits limits;
    private final LocalDialer dialer;
    private final LocalPool pool;
    private final Set<LocalExchange> open = ConcurrentHashMap.newKeySet(); // bounded by callers
    private final ScheduledFuture<?> sweep;

    /**
     * A local service, to which nothing is connected yet.
     *
     * @param timer cuts writes that stall and closes idle connections; its tasks do not block
     */
    public LocalService(
            LocalAddress address,
            HostRule host,
            Trust trust,
            Limits limits,
            ScheduledExecutorService timer) {
        this.address = address;
        this.host = host;
        this.limits = limits;
        this.dialer =
                new LocalDialer(
                        address, trust, HttpLimits.DEFAULT.withHeadBytes(limits.headBytes()));
        this.pool = new LocalPool(limits.streams());
        long period =
                Math.max(1, Math.min(LONGEST_PERIOD_NANOS, limits.progressTimeout().toNanos() / 4));
        this.sweep =
                timer.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.NANOSECONDS);
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

    private void sweep() {
        long now = System.nanoTime();
        open.forEach(exchange -> exchange.cutIfStalled(now));
        pool.closeIdle(now);
    }

    /** Idle connections, for tests. */
    int idleConnections() {
        return pool.size();
    }

    /** Ends what is open, and closes all connections. */
    @Override
    public void close() {
        sweep.cancel(false);
        ExchangeException stopped =
                new ExchangeException(ErrorCode.CANCELLED, "the agent is shutting down");
        open.forEach(exchange -> exchange.cancel(stopped));
        pool.close();
    }
}
