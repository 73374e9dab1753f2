package io.cloudtunnel.agent;

import io.cloudtunnel.program.LogLabel;
import io.cloudtunnel.program.SettingException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agents of one program, one for each tunnel. Safe for use by several threads, of which one at
 * a time changes what there is.
 */
final class Tunnels implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    /** For an agent to connect, before the one whose place it takes leaves. */
    private static final Duration OVERLAP = Duration.ofSeconds(5);

    private record Running(TunnelPlan plan, TunnelAgent agent) {
        boolean hasFailed() {
            return agent.state() == AgentState.FAILED;
        }
    }

    /** Makes what an agent is made from. */
    interface Maker {
        /**
         * A builder.
         *
         * @param atEnd to be run when the agent's end has come
         * @throws SettingException if a value is wrong; so may be IllegalArgumentException
         */
        TunnelAgentBuilder builder(TunnelPlan plan, Runnable atEnd);
    }

    private final Maker maker;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock changing = new ReentrantLock(); // held over starts and stops
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows; never held long
    private final Condition news = lock.newCondition();
    private final Map<String, Running> running = new TreeMap<>();
    private final Set<Running> leaving = new HashSet<>(); // others are in their places
    private final Map<String, String> lost = new TreeMap<>(); // that could not be started again
    private boolean unsettled;
    private boolean closed;

    /** No tunnels yet. */
    Tunnels(Maker maker) {
        this.maker = maker;
    }

    /** What a change was about. */
    record Change(int started, int restarted, int removed, int untouched) {
        @Override
        public String toString() {
            return "%d started, %d started anew, %d removed, %d untouched"
                    .formatted(started, restarted, removed, untouched);
        }
    }

    /**
     * Sees to it that there are these, and no others. Agents whose plan has not changed are left as
     * they are, unless they have given up.
     *
     * @throws SettingException if anything of it is wrong; then all is as it was
     */
    Change become(Map<String, TunnelPlan> plans) throws InterruptedException {
        changing.lockInterruptibly();
        try {
            Map<String, Running> before = running();
            TreeSet<String> fresh = new TreeSet<>();
            for (TunnelPlan plan : plans.values()) {
                Running now = before.get(plan.name());
                if (now == null || now.hasFailed() || !now.plan().isSameAs(plan)) {
                    check(plan);
                    fresh.add(plan.name());
                }
            }
            List<String> gone =
                    before.keySet().stream().filter(name -> !plans.containsKey(name)).toList();
            settled(false);
            keepLost(plans.keySet());
            try {
                List<String> changing = concat(fresh, gone);
                // Ports and names may go from one tunnel to another.
                each(
                        changing.stream().map(before::get).filter(Objects::nonNull),
                        Tunnels::makeRoom);
                each(changing.stream(), name -> replace(before.get(name), plans.get(name)));
            } finally {
                settled(true);
            }
            int anew = (int) fresh.stream().filter(before::containsKey).count();
            return new Change(fresh.size() - anew, anew, gone.size(), plans.size() - fresh.size());
        } finally {
            changing.unlock();
        }
    }

    /** Does something for each of them at the same time; each is done within limits. */
    private static <T> void each(Stream<T> all, Consumer<T> action) throws InterruptedException {
        List<Thread> tasks =
                all.map(one ->
                                Thread.ofVirtual()
                                        .name("tunnel-agent-change")
                                        .start(() -> action.accept(one)))
                        .toList();
        for (Thread task : tasks) {
            task.join();
        }
    }

    private static <T> List<T> concat(Collection<T> some, Collection<T> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private void check(TunnelPlan plan) {
        try {
            maker.builder(plan, this::look).check();
        } catch (SettingException | IllegalArgumentException | IOException e) {
            throw new SettingException(plan.label() + e.getMessage());
        }
    }

    private static void makeRoom(Running old) {
        old.agent().makeRoom();
    }

    /** An agent begins, if there is to be one, and then the one before ends, if it is there. */
    private void replace(@Nullable Running before, @Nullable TunnelPlan plan) {
        if (plan == null || !begin(plan, before)) {
            forget(before);
        }
        if (before != null) {
            close(before);
            left(before);
        }
    }

    private boolean begin(TunnelPlan plan, @Nullable Running before) {
        try {
            Running now =
                    LogLabel.during(
                            plan.name(),
                            () -> new Running(plan, maker.builder(plan, this::look).start()));
            if (!add(now, before)) {
                close(now);
            } else if (before != null) {
                boolean ignored = now.agent().awaitConnected(OVERLAP);
            }
            return true;
        } catch (InterruptedException e) { // nobody does
            Thread.currentThread().interrupt();
            return true;
        } catch (Exception e) { // it was good a moment ago
            LOGGER.log(Level.ERROR, plan.label() + "cannot be started", e);
            lose(plan.name(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static void close(Running last) {
        try {
            LogLabel.during(
                    last.plan().name(),
                    () -> {
                        last.agent().close();
                        return last;
                    });
        } catch (Exception e) {
            LOGGER.log(Level.ERROR, last.plan().label() + "did not end well", e);
        }
    }

    // ---- What there is.

    private Map<String, Running> running() {
        lock.lock();
        try {
            return new TreeMap<>(running);
        } finally {
            lock.unlock();
        }
    }

    private boolean add(Running agent, @Nullable Running before) {
        lock.lock();
        try {
            if (!closed) {
                running.put(agent.plan().name(), agent);
                if (before != null) {
                    leaving.add(before);
                }
                lost.remove(agent.plan().name());
                news.signalAll();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void forget(@Nullable Running last) {
        if (last == null) {
            return;
        }
        lock.lock();
        try {
            if (running.remove(last.plan().name(), last)) {
                leaving.add(last);
            }
        } finally {
            lock.unlock();
        }
    }

    private void left(Running last) {
        lock.lock();
        try {
            leaving.remove(last);
        } finally {
            lock.unlock();
        }
    }

    private void keepLost(Set<String> names) {
        lock.lock();
        try {
            lost.keySet().retainAll(names);
        } finally {
            lock.unlock();
        }
    }

    private void lose(String name, String why) {
        lock.lock();
        try {
            lost.put(name, why);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settled(boolean isSo) {
        lock.lock();
        try {
            unsettled = !isSo;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        lock.lock();
        try {
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all agents have given up, or are closed.
     *
     * @return why they have, by name; empty where they are closed
     */
    Map<String, String> awaitEnd() throws InterruptedException {
        lock.lock();
        try {
            while (!closed
                    && (unsettled
                            || running.values().stream().anyMatch(each -> !each.hasFailed()))) {
                news.await();
            }
            Map<String, String> reasons = new TreeMap<>(closed ? Map.of() : lost);
            if (!closed) {
                running.forEach(
                        (name, each) -> reasons.put(name, String.valueOf(each.agent().failure())));
            }
            return reasons;
        } finally {
            lock.unlock();
        }
    }

    /** Stops all of them, at the same time, within 8 s; the second time it waits for the first. */
    @Override
    public void close() {
        List<Running> last;
        boolean first;
        lock.lock();
        try {
            first = !closed;
            closed = true;
            news.signalAll();
            last = concat(running.values(), leaving);
        } finally {
            lock.unlock();
        }
        try {
            if (first) {
                each(last.stream(), Tunnels::close); // an agent's end is limited
            } else {
                ended.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }
}
