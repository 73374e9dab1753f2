package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.relay.Directory.Owner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the directory said of late. Safe for use by several threads. */
final class Owners {

    static final int MOST_TUNNELS = 10_000;
    private static final long FRESH_NANOS = 300_000_000L;
    private static final long LATELY_NANOS = 60_000_000_000L;

    private final Directory directory;
    private final LongSupplier nanoTime;
    private final Object monitor = new Object(); // guards what follows; held for memory only
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>(); // MOST_TUNNELS

    /**
     * What was said.
     *
     * @param nanos when
     * @param holds false where the owners have gone since
     */
    private record Known(List<Owner> owners, long nanos, boolean holds) {}

    Owners(Directory directory, LongSupplier nanoTime) {
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    /**
     * The owners of a tunnel, as the directory says now or said within the last 300 ms, or the 300
     * before while it is being asked.
     *
     * @param fresh whether only what it says now will do
     */
    List<Owner> of(String tunnelId, boolean fresh) throws BrokerException, InterruptedException {
        long now = nanoTime.getAsLong();
        synchronized (monitor) {
            Known last = known.get(tunnelId);
            if (!fresh && last != null && last.holds) {
                if (now - last.nanos < FRESH_NANOS) {
                    return last.owners;
                }
                // Of many requests at a time one asks, and the others use what it renews.
                known.put(tunnelId, new Known(last.owners, now, true));
            }
        }
        List<Owner> owners = directory.owners(tunnelId);
        synchronized (monitor) {
            if (!owners.isEmpty()) {
                known.remove(tunnelId); // so that the order is that of time
                known.put(tunnelId, new Known(owners, now, true));
                trim();
            } else {
                known.computeIfPresent(tunnelId, (id, last) -> gone(last));
            }
        }
        return owners;
    }

    private void trim() {
        if (known.size() > MOST_TUNNELS) {
            Map.Entry<String, Known> oldest = known.entrySet().iterator().next();
            known.remove(oldest.getKey());
        }
    }

    /** Known to have been there, but not to be used any more. */
    private static Known gone(Known last) {
        return new Known(last.owners, last.nanos, false);
    }

    /** Whether the tunnel had an owner within the last minute, as far as is known here. */
    boolean hadLately(String tunnelId) {
        long now = nanoTime.getAsLong();
        synchronized (monitor) {
            Known last = known.get(tunnelId);
            return last != null && now - last.nanos < LATELY_NANOS;
        }
    }
}
