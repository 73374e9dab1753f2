package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.agent.connect.Refusal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten thousand agents whose server goes away: when they dial, by the agent's own back-off, in time
 * that is not waited for. The figures stand in docs/concurrency.md, "Ten thousand agents return".
 */
class ReturnOfManyTest {

    private static final int AGENTS = 10_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TENTH = SECOND / 10;

    /** What was done to the server. */
    enum Event {
        /** SIGKILL: the links are lost. */
        KILLED,
        /** SIGTERM: agents are told to dial another link at once. */
        LEAVES
    }

    private record Dial(long nanos, int agent) {}

    /**
     * Takes so many links a second, and refuses the others.
     *
     * @param listensAt until then nobody answers
     * @param perSecond 0 for all that come
     * @param retryAfter in a refusal; null for none, as a platform's own 429
     */
    private record Server(long listensAt, int perSecond, @Nullable Duration retryAfter) {}

    private final BackOff[] backOffs = new BackOff[AGENTS];
    private final PriorityQueue<Dial> dials =
            new PriorityQueue<>(
                    Comparator.comparingLong(Dial::nanos).thenComparingInt(Dial::agent));
    private final Map<Long, Integer> inTenth = new HashMap<>();
    private long lastBack;

    private void lose(Event event) {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < AGENTS; i++) {
            BackOff backOff = new BackOff(random.split());
            backOff.linkEnded(-100 * SECOND, 0);
            backOffs[i] = backOff;
            boolean atOnce = event == Event.LEAVES && backOff.mayRedialAtOnce();
            dials.add(new Dial(atOnce ? 0 : backOff.next(0), i));
        }
    }

    private void run(Server server) {
        var refusal =
                new Refusal(server.retryAfter() == null ? 429 : 503, null, server.retryAfter(), "");
        double room = server.perSecond() / 10.0; // what may come at once
        long filledAt = server.listensAt();
        while (!dials.isEmpty()) {
            Dial dial = dials.poll();
            long now = dial.nanos();
            inTenth.merge(now / TENTH, 1, Integer::sum);
            if (now < server.listensAt()) {
                dials.add(new Dial(now + backOffs[dial.agent()].next(now), dial.agent()));
                continue;
            }
            double more = (double) (now - filledAt) / SECOND * server.perSecond();
            room = Math.min(Math.max(1, server.perSecond() / 10.0), room + more);
            filledAt = now;
            if (server.perSecond() == 0 || room >= 1) {
                room--;
                lastBack = now;
            } else {
                long wait = backOffs[dial.agent()].refused(refusal, now);
                dials.add(new Dial(now + wait, dial.agent()));
            }
        }
    }

    private int[] perSecond() {
        long last = inTenth.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        int[] counts = new int[(int) (last / 10) + 1];
        inTenth.forEach((tenth, count) -> counts[(int) (tenth / 10)] += count);
        return counts;
    }

    /** The most dials in a tenth of a second, from a second after the server listens on. */
    private int mostLater(Server server) {
        long from = server.listensAt() / TENTH + 10;
        return inTenth.entrySet().stream()
                .filter(each -> each.getKey() >= from)
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /**
     * Columns: what happened; when a server listens again, in ms; how many links it takes a second,
     * 0 for all; its Retry-After in seconds, 0 for none. Then what comes of it: the most dials in a
     * second, in a tenth of one, and in a tenth later than a second after the server listens; all
     * dials; and when the last agent was back, in ms.
     */
    @ParameterizedTest
    @CsvSource({
        "KILLED,    0,    0,  0, '5072 566 521 10000 1999'",
        "KILLED, 3000,    0,  0, '10750 1349 451 36779 4984'",
        "KILLED, 3000,  500,  0, '10750 1349 987 129605 24146'",
        "KILLED, 3000,  500,  1, '10750 1349 730 98476 24100'",
        "KILLED, 3000,  500, 20, '10750 1349 451 49347 63125'",
        "KILLED, 3000, 2000,  0, '10750 1349 863 54557 9180'",
        "KILLED, 3000, 2000,  1, '10750 1349 579 48597 8910'",
        "KILLED, 3000, 2000, 20, '10750 1349 451 42993 34257'",
        "LEAVES,    0,    0,  0, '10000 10000 0 10000 0'",
        "LEAVES,    0,  500,  1, '10000 10000 1052 82044 21902'",
        "LEAVES,    0,  500, 20, '10000 10000 137 24852 59730'",
        "LEAVES,    0, 2000,  1, '10000 10000 1038 32639 6971'",
        "LEAVES,    0, 2000, 20, '10000 10000 134 19800 29999'",
    })
    void theFigures(
            Event event, long listensAtMillis, int perSecond, int retryAfter, String expected) {
        Server server =
                new Server(
                        TimeUnit.MILLISECONDS.toNanos(listensAtMillis),
                        perSecond,
                        retryAfter == 0 ? null : Duration.ofSeconds(retryAfter));
        lose(event);
        run(server);
        String figures =
                "%d %d %d %d %d"
                        .formatted(
                                Arrays.stream(perSecond()).max().orElse(0),
                                inTenth.values().stream().max(Integer::compare).orElse(0),
                                mostLater(server),
                                inTenth.values().stream().mapToInt(Integer::intValue).sum(),
                                TimeUnit.NANOSECONDS.toMillis(lastBack));
        assertEquals(expected, figures);
    }
}
