package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.http.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often each client address may register with this instance, and how often in vain, so that
 * keys are not guessed; docs/access.md, "Who may register". Safe for use by several threads.
 */
public final class RegistrationRates {

    /** Clients that are remembered; beyond it the one that came first is forgotten. */
    static final int MOST_CLIENTS = 10_000;

    /** Of what may be tried, so much may fail. */
    private static final int FAILING = 3;

    private static final long START = System.nanoTime();
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final IpAddress UNKNOWN = new IpAddress(0, 0);

    private final int perMinute;
    private final long cost;
    private final long failureCost;
    private final LongSupplier nanoTime;
    private final Map<IpAddress, Client> clients = // guarded by itself
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.@Nullable Entry<IpAddress, Client> eldest) {
                    return size() > MOST_CLIENTS;
                }
            };

    /**
     * Nobody has registered yet.
     *
     * @param perMinute for each address, all of them at once if need be; 0 for no limit
     */
    public RegistrationRates(int perMinute) {
        this(perMinute, () -> System.nanoTime() - START);
    }

    RegistrationRates(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.cost = perMinute == 0 ? 0 : MINUTE / perMinute;
        this.failureCost = MINUTE / Math.max(1, perMinute / FAILING);
        this.nanoTime = nanoTime;
    }

    private record Client(Bucket tries, Bucket failures) {}

    /**
     * Why somebody may not register now.
     *
     * @param limit its name
     * @param retrySeconds when he may
     */
    public record Over(String limit, long retrySeconds) {}

    /**
     * Begins a registration.
     *
     * @param address the client's, by the trusted hops; all that cannot be read count as one
     * @return null if it may go on
     */
    public @Nullable Over begin(String address) {
        if (perMinute == 0) {
            return null;
        }
        Client client = client(address);
        long now = nanoTime.getAsLong();
        long barred = client.failures().owed(now, MINUTE - failureCost);
        if (barred > 0) {
            return over("registration-failures", barred);
        }
        long wait = client.tries().tryTake(now, cost, MINUTE);
        return wait > 0 ? over("registrations", wait) : null;
    }

    /** It was refused, since whoever asked has no right to it. */
    public void failed(String address) {
        if (perMinute > 0) {
            long ignored =
                    client(address).failures().book(nanoTime.getAsLong(), failureCost, MINUTE);
        }
    }

    private static Over over(String limit, long nanos) {
        return new Over(limit, (nanos + SECOND - 1) / SECOND);
    }

    private Client client(String address) {
        IpAddress read = IpAddress.ofClient(address);
        IpAddress key = read == null ? UNKNOWN : read.client();
        synchronized (clients) {
            return clients.computeIfAbsent(key, one -> new Client(new Bucket(), new Bucket()));
        }
    }

    int size() {
        synchronized (clients) {
            return clients.size();
        }
    }
}
