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
    private static final int FORGOTTEN = Integer.MIN_VALUE;

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
        private final AtomicInteger inside = new AtomicInteger(); // or FORGOTTEN

        /** Ends a request. */
        void leave() {
            inside.decrementAndGet();
        }

        /** Takes a place; how many others are taken, or FORGOTTEN where another use counts. */
        private int hold() {
            int now = inside.get();
            while (now != FORGOTTEN && !inside.compareAndSet(now, now + 1)) {
                now = inside.get();
            }
            return now;
        }

        /** Whether it was idle, and is forgotten from now on. */
        private boolean tryForget(long now) {
            return requests.isFull(now) && bytes.isFull(now) && inside.compareAndSet(0, FORGOTTEN);
        }

        /** Whether bytes of bodies are limited. */
        boolean isPaced() {
            return rates.bytesPerSecond() > 0;
        }

        /** Takes bytes of a body; returns for how many nanoseconds to wait. */
        long book(int count) {
            long rate = rates.bytesPerSecond();
            return rate == 0 ? 0 : bytes.book(nanoTime.getAsLong(), count * SECOND / rate, SECOND);
        }

        private void begin(int others) throws ExchangeException {
            long now = nanoTime.getAsLong();
            if (rates.bytesPerSecond() > 0 && bytes.owed(now, SECOND) >= SECOND) {
                throw over("-bytes", bytes.owed(now, SECOND));
            }
            if (rates.concurrent() > 0 && others >= rates.concurrent()) {
                throw over("-concurrent", SECOND);
            }
            long wait = requestCost == 0 ? 0 : requests.tryTake(now, requestCost, requestBurst);
            if (wait > 0) {
                throw over("-rps", wait);
            }
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
     * Begins a request, which has to be ended by {@link Use#leave}.
     *
     * @throws ExchangeException if its user is over a limit
     */
    Use enter(Object user) throws ExchangeException {
        Use known = users.get(user); // mostly it is there, and then there is no lock
        Use use = known == null ? another(user) : known;
        int others = use.hold();
        while (others == FORGOTTEN) { // and perhaps not taken out yet
            users.remove(user, use);
            use = another(user);
            others = use.hold();
        }
        boolean begun = false;
        try {
            use.begin(others);
            begun = true;
            return use;
        } finally {
            if (!begun) {
                use.leave();
            }
        }
    }

    private Use another(Object user) {
        if (users.size() >= most) {
            sweep();
        }
        return users.size() >= most ? rest : users.computeIfAbsent(user, key -> new Use());
    }

    /** Forgets who is idle; at most once in a second, since it looks at all. */
    private void sweep() {
        long now = nanoTime.getAsLong();
        long last = swept.get();
        if (now - last >= SECOND && swept.compareAndSet(last, now)) {
            users.forEach((user, use) -> {
                if (use.tryForget(now)) {
                    users.remove(user, use);
                }
            });
        }
    }

    int size() {
        return users.size();
    }
}
