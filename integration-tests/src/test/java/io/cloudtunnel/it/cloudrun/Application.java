package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Content;
import io.cloudtunnel.it.RawService;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The local service of the load: {@code /small} answers, {@code /take} tells what it got and counts
 * by request number, {@code /slow/BYTES/MILLIS} sends so much in so long a time.
 */
final class Application implements RawService.Handler {

    private final Map<String, AtomicInteger> taken = new ConcurrentHashMap<>(); // one a request

    @Override
    public void handle(RawService.Call call) throws Exception {
        String target = call.head().target();
        if (target.startsWith("/slow/")) {
            String[] parts = target.split("/", -1);
            slow(call, Long.parseLong(parts[2]), Long.parseLong(parts[3]));
        } else if (target.startsWith("/take")) {
            take(call);
        } else {
            call.answer(200, "small");
        }
    }

    private void take(RawService.Call call) throws IOException {
        // First, since a request that is cut later has been here all the same.
        taken.computeIfAbsent(call.head().first(Ledger.FIELD), number -> new AtomicInteger())
                .incrementAndGet();
        Content.Seen seen = Content.read(call.body());
        call.answer(200, seen.length() + " " + seen.hash());
    }

    private static void slow(RawService.Call call, long length, long millis) throws IOException {
        call.wire().head("HTTP/1.1 200 OK", "Content-Length: " + length);
        OutputStream out = call.wire().socket().getOutputStream();
        long began = System.nanoTime();
        long[] sent = {0};
        Content.write(
                length,
                (bytes, count) -> {
                    out.write(bytes, 0, count);
                    sent[0] += count;
                    long due = began + sent[0] * millis / length * 1_000_000;
                    while (System.nanoTime() - due < 0) {
                        LockSupport.parkNanos(due - System.nanoTime());
                    }
                });
    }

    /** How often a request arrived. */
    int times(long number) {
        AtomicInteger count = taken.get(Long.toString(number));
        return count == null ? 0 : count.get();
    }
}
