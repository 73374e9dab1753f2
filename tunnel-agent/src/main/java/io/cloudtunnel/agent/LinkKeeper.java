package io.cloudtunnel.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The threads that keep an agent's links, from its start to its end. */
final class LinkKeeper {

    private final LinkSet links;
    private final List<Thread> threads = new ArrayList<>(); // as many as slots, and two

    /**
     * Slots that do not run yet.
     *
     * @param slot makes one
     * @param beside what else runs as long, such as probing
     */
    LinkKeeper(LinkSet links, int count, Supplier<LinkSlot> slot, List<Runnable> beside) {
        this.links = links;
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofVirtual().name("tunnel-agent-slot-" + i).unstarted(slot.get()));
        }
        for (Runnable each : beside) {
            String name =
                    "tunnel-agent-" + each.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            threads.add(Thread.ofVirtual().name(name).unstarted(each));
        }
    }

    void begin() {
        threads.forEach(Thread::start);
    }

    /**
     * No more links; what is open on those that there are gets some time, all of them at once, and
     * then they are closed.
     *
     * @param drain for what is open
     * @param goodbye for closing
     * @param lastWait for whatever does not want to end
     */
    void end(Duration drain, Duration goodbye, Duration lastWait) throws InterruptedException {
        List<LiveLink> last = links.end();
        List<Thread> leaving = last.stream().map(link -> link.leaveAside(drain)).toList();
        for (Thread each : leaving) {
            each.join(); // limited by drain
        }
        long until = System.nanoTime() + goodbye.toNanos();
        for (LiveLink link : last) {
            link.join(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
        threads.forEach(Thread::interrupt); // they may wait or dial
        until = System.nanoTime() + lastWait.toNanos();
        for (Thread each : threads) {
            boolean ignored = each.join(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
    }

    /** The same at once, for a thread that may not wait. */
    void cut() {
        links.end();
        threads.forEach(Thread::interrupt);
    }
}
