package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What each of many users (the tunnels, or the clients) has used of the same rates. Safe for use by
 * several threads.
 */
final class Quotas {

    /** Users that are kept apart; who finds no room shares one place with all who find none. */
    static final int MOST = 100_000;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int LEAST_BURST = 10;

    private final String name;
    private final Rates rates;
    private final int most;
    private final LongSupplier nanoTime;
    private final long requestCost;
    private final long requestBurst;
    private final ConcurrentHashMap<Object, Use> users = new ConcurrentHashMap<>();
    private final Use rest = new Use();
    private final AtomicLong swept = new AtomicLong(-SECOND);

    /**
     * Nothing used yet.
     *
     * @param name what the limits' names begin with
     * @param most users that are kept apart
     * @param nanoTime counts from about 0 on
     */
    Quotas(String name, Rates rates, int most, LongSupplier nanoTime) {
        this.name = name;
        this.rates = rates;
        this.most = most;
        this.nanoTime = nanoTime;
        int perSecond = rates.requestsPerSecond();
        this.requestCost = perSecond == 0 ? 0 : SECOND / perSecond;
        this.requestBurst = requestCost * Math.max(perSecond, LEAST_BURST);
    }

    /** Of one user. */
    final class Use {
        private final Bucket requests = new Bucket();
        private final Bucket bytes = new Bucket();
        private final AtomicInteger inside = new AtomicInteger();
        private int holders; // guarded by the entry of the map; rest has none

        /** Ends a request. */
        void leave() {
            inside.decrementAndGet();
        }

        /** Takes bytes of a body; returns for how many nanoseconds to wait. */
        long book(int count) {
            long rate = rates.bytesPerSecond();
            return rate == 0 ? 0 : bytes.book(nanoTime.getAsLong(), count * SECOND / rate, SECOND);
        }

        private void begin() throws ExchangeException {
            long now = nanoTime.getAsLong();
            if (rates.bytesPerSecond() > 0 && bytes.owed(now, SECOND) >= SECOND) {
                throw over("-bytes", bytes.owed(now, SECOND));
            }
            int others = inside.getAndIncrement();
            boolean begun = false;
            try {
                if (rates.concurrent() > 0 && others >= rates.concurrent()) {
                    throw over("-concurrent", SECOND);
                }
                long wait = requestCost == 0 ? 0 : requests.tryTake(now, requestCost, requestBurst);
                if (wait > 0) {
                    throw over("-rps", wait);
                }
                begun = true;
            } finally {
                if (!begun) {
                    inside.decrementAndGet();
                }
            }
        }

        private boolean isIdle(long now) {
            return holders == 0 && requests.isFull(now) && bytes.isFull(now);
        }
    }

    private ExchangeException over(String limit, long waitNanos) {
        long seconds = (waitNanos + SECOND - 1) / SECOND;
        return Guard.tooMany(
                name + limit, Math.max(1, seconds), "a limit of this server was reached");
    }

    /** Whether nothing is limited. */
    boolean isUnlimited() {
        return rates.equals(Rates.NONE);
    }

    /**
     * Begins a request, which has to be ended by {@link #leave}.
     *
     * @throws ExchangeException if its user is over a limit
     */
    Use enter(Object user) throws ExchangeException {
        if (users.size() >= most && !users.containsKey(user)) {
            sweep();
        }
        boolean full = users.size() >= most;
        Use use =
                users.compute(
                        user,
                        (key, found) -> {
                            if (found == null && full) {
                                return null;
                            }
                            Use one = found == null ? new Use() : found;
                            one.holders++;
                            return one;
                        });
        Use entered = use == null ? rest : use;
        boolean begun = false;
        try {
            entered.begin();
            begun = true;
            return entered;
        } finally {
            if (!begun) {
                release(user, entered);
            }
        }
    }

    /** Ends a request of a user. */
    void leave(Object user, Use use) {
        use.leave();
        release(user, use);
    }

    private void release(Object user, Use use) {
        if (use != rest) {
            users.computeIfPresent(
                    user,
                    (key, found) -> {
                        found.holders--;
                        return found;
                    });
        }
    }

    /** Forgets who is idle; at most once in a second, since it looks at all. */
    private void sweep() {
        long now = nanoTime.getAsLong();
        long last = swept.get();
        if (now - last >= SECOND && swept.compareAndSet(last, now)) {
            for (Object user : users.keySet()) {
                users.computeIfPresent(user, (key, found) -> found.isIdle(now) ? null : found);
            }
        }
    }

    int size() {
        return users.size();
    }
}
