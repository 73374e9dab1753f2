package io.cloudtunnel.server.relay.file;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.KeptHoldings;
import io.cloudtunnel.server.relay.KeptStates;
import io.cloudtunnel.server.relay.SecretStore;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Secrets and holdings in a file of one server's own: all that it has is in memory, too, and what
 * is changed is on disk before anybody is told; docs/relay.md, "In a file". Safe for use by several
 * threads.
 */
public final class StateFile implements SecretStore, Holdings, AutoCloseable {

    /** The tunnels of which something is known; some 200 bytes of memory for each. */
    static final int MOST_TUNNELS = 500_000;

    /** Below it a file is not written anew; above it once half of it is of no use any more. */
    private static final long SMALL_BYTES = 1 << 20;

    private static final int AT_ONCE = 500; // tunnels in one record
    private static final String DELETED = "deleted";

    private final Path path;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows; held over I/O
    private @Nullable Journal journal; // while it is open
    private KeptStates states = new KeptStates(0);
    private KeptHoldings holdings = new KeptHoldings(states);
    private long wholeBytes; // when it was last written anew

    /** A file that is not opened yet. */
    public StateFile(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    /**
     * Opens the file, or makes one, and reads it.
     *
     * @throws IllegalStateException if it cannot be used; the message says why, and what to do
     */
    public void open() {
        lock.lock();
        try {
            empty();
            Journal opened = new Journal(path, this::read);
            journal = opened;
            wholeBytes = opened.length();
            opened.append("since " + states.usedSinceMillis());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the state file "
                            + path
                            + " cannot be used: "
                            + e.getMessage()
                            + "; each server needs one of its own (STATE_FILE, DATA_DIR), or"
                            + " several share a Redis (REDIS_URL)",
                    e);
        } finally {
            lock.unlock();
        }
    }

    private void empty() {
        states = new KeptStates(clock.millis());
        holdings = new KeptHoldings(states);
    }

    private void read(String record) throws IOException {
        String[] words = record.split(" ", -1);
        try {
            switch (words[0]) {
                case "since" -> states.usedSince(Long.parseLong(words[1]));
                case "state" -> {
                    State state = parse(words[2]);
                    boolean ignored = states.enter(words[1], state);
                    if (state.deleted()) {
                        holdings.drop(words[1]);
                    }
                }
                case "take" ->
                        holdings.take(
                                words[1],
                                URLDecoder.decode(words[3], StandardCharsets.UTF_8),
                                Long.parseLong(words[2]));
                case "free" -> {
                    boolean ignored = states.enter(words[1], parse(words[2]));
                    holdings.drop(words[1]);
                }
                case "used" -> {
                    long millis = Long.parseLong(words[1]);
                    for (int i = 2; i < words.length; i++) {
                        states.use(words[i], millis, 0);
                    }
                }
                default -> throw new IOException("it has a record of another version");
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("it has a record that cannot be read", e);
        }
    }

    private static String text(State state) {
        return state.deleted() ? DELETED : state.generation() + ":" + state.graceEndsMillis();
    }

    private static State parse(String text) {
        if (text.equals(DELETED)) {
            return State.DELETED;
        }
        String[] numbers = text.split(":", 2);
        return new State(false, Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    private static String taking(String tunnel, String owner, long generation) {
        String word = URLEncoder.encode(owner, StandardCharsets.UTF_8);
        return "take " + tunnel + " " + generation + " " + word;
    }

    private static String record(String tunnel, State state) {
        return "state " + tunnel + " " + text(state);
    }

    /** Writes what is to be known from now on; if that fails it is not. Called with the lock. */
    private void write(String record) throws BrokerException {
        Journal open = journal;
        if (open == null) {
            throw new BrokerException("the state file is not open", null);
        }
        try {
            if (open.isDamaged() || open.length() > Math.max(SMALL_BYTES, 2 * wholeBytes)) {
                open.replace(this::writeAll);
                wholeBytes = open.length();
            }
            open.append(record);
        } catch (IOException e) {
            throw new BrokerException("the state file cannot be written", e);
        }
    }

    private void writeAll(Journal.Sink sink) throws IOException {
        sink.record("since " + states.usedSinceMillis());
        for (Map.Entry<String, State> each : states.all().entrySet()) {
            sink.record(record(each.getKey(), each.getValue()));
        }
        for (Map.Entry<String, String> each : holdings.all().entrySet()) {
            long generation = states.of(each.getKey()).generation();
            sink.record(taking(each.getKey(), each.getValue(), generation));
        }
        for (Map.Entry<String, Long> each : states.used().entrySet()) {
            sink.record("used " + each.getValue() + " " + each.getKey());
        }
    }

    private void enter(String tunnel, State state) throws BrokerException {
        State old = states.of(tunnel);
        if (old.or(state).equals(old)) {
            return;
        }
        checkRoom(tunnel);
        write(record(tunnel, state));
        boolean ignored = states.enter(tunnel, state);
        if (state.deleted()) {
            holdings.drop(tunnel);
        }
    }

    private void checkRoom(String tunnel) throws BrokerException {
        boolean known = states.all().containsKey(tunnel) || holdings.all().containsKey(tunnel);
        if (!known && states.all().size() + holdings.all().size() >= MOST_TUNNELS) {
            throw new BrokerException("the state file has no room for more tunnels", null);
        }
    }

    /** What is done while nobody else does anything. */
    private interface Action<T> {
        T run() throws BrokerException;
    }

    private <T> T alone(Action<T> action) throws BrokerException {
        lock.lock();
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<String, State> states(Collection<String> tunnels) throws BrokerException {
        return alone(() -> states.of(tunnels));
    }

    @Override
    public void delete(String tunnel) throws BrokerException {
        restore(Map.of(tunnel, State.DELETED));
    }

    @Override
    public @Nullable State rotate(String tunnel, long generation, Duration grace)
            throws BrokerException {
        lock.lock();
        try {
            State next = states.rotated(tunnel, generation, clock.millis(), grace.toMillis());
            if (next != null) {
                enter(tunnel, next);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Changes since(long version) throws BrokerException {
        return alone(() -> states.since(version));
    }

    @Override
    public void used(Collection<String> tunnels, Duration expiry) throws BrokerException {
        List<String> all = List.copyOf(tunnels);
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            List<String> some = all.subList(i, Math.min(all.size(), i + AT_ONCE));
            boolean ignored =
                    alone(() -> {
                        long now = clock.millis();
                        write("used " + now + " " + String.join(" ", some));
                        some.forEach(each -> states.use(each, now, now - 2 * expiry.toMillis()));
                        return true;
                    });
        }
    }

    @Override
    public long lastUsedMillis(String tunnel) throws BrokerException {
        return alone(() -> states.lastUsedMillis(tunnel));
    }

    @Override
    public void restore(Map<String, State> earlier) throws BrokerException {
        boolean ignored =
                alone(() -> {
                    for (Map.Entry<String, State> each : earlier.entrySet()) {
                        enter(each.getKey(), each.getValue());
                    }
                    return true;
                });
    }

    @Override
    public Taken take(String tunnel, String owner, int most) throws BrokerException {
        return alone(() -> {
            Taken answer = holdings.ask(tunnel, owner, most, clock.millis());
            if (answer instanceof Taken.Yes yes && holdings.ownerOf(tunnel) == null) {
                checkRoom(tunnel);
                write(taking(tunnel, owner, yes.generation()));
                holdings.take(tunnel, owner, yes.generation());
            }
            return answer;
        });
    }

    @Override
    public @Nullable State free(String name, long generation) throws BrokerException {
        lock.lock();
        try {
            State state = holdings.freed(name, generation, clock.millis());
            if (state != null) {
                write("free " + name + " " + text(state));
                boolean ignored = states.enter(name, state);
                holdings.drop(name);
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> of(String owner) throws BrokerException {
        return alone(() -> holdings.of(owner));
    }

    @Override
    public Names names(long version) throws BrokerException {
        return alone(() -> holdings.names(version));
    }

    /** Forgets everything; for tests. */
    void forget() throws BrokerException {
        boolean ignored =
                alone(() -> {
                    empty();
                    write("forgotten"); // cannot be read: nobody opens it again
                    return true;
                });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            Journal open = journal;
            journal = null;
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            System.getLogger(StateFile.class.getName())
                    .log(System.Logger.Level.WARNING, "the state file was not closed", e);
        } finally {
            lock.unlock();
        }
    }
}
