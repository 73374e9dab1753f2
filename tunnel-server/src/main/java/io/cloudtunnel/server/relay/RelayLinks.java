package io.cloudtunnel.server.relay;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.SessionUpstream;
import io.cloudtunnel.protocol.session.Upstream;
import io.cloudtunnel.protocol.ws.CloseCode;
import io.cloudtunnel.server.relay.RelayMessage.MessageType;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The relay links of an instance: those that it opened and those that it accepted. */
final class RelayLinks implements Broker.Receiver {

    private static final int STREAMS = 4000;

    /** As long as the directory takes to forget it. */
    private static final long GONE_NANOS = Directory.ALIVE.toNanos();

    private static final long SILENT_NANOS = 1_000_000_000L;
    private static final long LOST_NANOS = 2_000_000_000L;
    private static final Logger LOGGER = System.getLogger(RelayLinks.class.getName());

    private final String instance;
    private final Broker broker;
    private final Upstream owner;
    private final Greeting greeting;
    private final Limits limits;
    private final MemoryBudget budget;
    private final Patrol patrol;
    private final SecureRandom random = new SecureRandom();
    private final CreditPool pool = new CreditPool(System::nanoTime);
    private final Map<Long, RelayLink> links = new ConcurrentHashMap<>(); // by shares of the pool
    private final Map<String, OpenedLink> opened = new ConcurrentHashMap<>(); // of these, by peer
    private final EndedLinks ended = new EndedLinks();
    private final Map<String, Avoided> avoided = new ConcurrentHashMap<>(); // for GONE_NANOS
    private final Consumer<String> onYield;
    private volatile boolean closed;

    /** An instance that could not be reached, and until when it is not tried again. */
    private record Avoided(long sinceNanos, long nanos) {}

    /**
     * The links of an instance.
     *
     * @param owner serves what other instances ask for
     * @param onYield is told of tunnels that this instance may have to leave to an exclusive agent
     */
    RelayLinks(
            String instance,
            Broker broker,
            Upstream owner,
            Limits limits,
            MemoryBudget budget,
            Patrol patrol,
            Consumer<String> onYield) {
        this.onYield = onYield;
        this.instance = instance;
        this.broker = broker;
        this.owner = owner;
        this.limits = limits;
        this.budget = budget;
        this.patrol = patrol;
        Greeting usual = Greeting.of("cloudtunnel-relay", limits);
        this.greeting =
                new Greeting(
                        STREAMS,
                        usual.headMax(),
                        usual.window(),
                        0,
                        usual.textMax(),
                        usual.software(),
                        "",
                        false,
                        "");
    }

    // ---- Opening.

    /**
     * The session with another instance; opens a link where there is none.
     *
     * @throws ExchangeException if it cannot be had; then nothing was sent
     */
    SessionUpstream to(String peer) throws ExchangeException, InterruptedException {
        OpenedLink now = opened.get(peer);
        if (now == null || now.isOver()) {
            now = opened.compute(peer, (id, old) -> old == null || old.isOver() ? dial(id) : old);
        }
        if (now == null) {
            throw new ExchangeException(
                            ErrorCode.TOO_MANY_STREAMS, "too many links between instances")
                    .untouched();
        }
        try {
            return now.await();
        } catch (ExchangeException e) {
            avoid(now.link(), SILENT_NANOS);
            throw e;
        }
    }

    private void avoid(RelayLink lost, long nanos) {
        long most = lost.isPeerGone() ? GONE_NANOS : nanos;
        avoided.put(lost.peer(), new Avoided(System.nanoTime(), most));
    }

    /** Whether an instance could not be reached just now. */
    boolean avoids(String peer) {
        Avoided found = avoided.get(peer);
        return found != null && System.nanoTime() - found.sinceNanos < found.nanos;
    }

    /** Whether a relay link to it was lost of late: that says nothing of the links that it has. */
    boolean hasLost(String peer) {
        Avoided found = avoided.get(peer);
        return found != null && System.nanoTime() - found.sinceNanos < LOST_NANOS;
    }

    /** How many requests are open to another instance. */
    int load(String peer) {
        OpenedLink now = opened.get(peer);
        return now == null ? 0 : now.openExchanges();
    }

    private @Nullable OpenedLink dial(String peer) {
        OpenedLink made =
                new OpenedLink(
                        broker,
                        peer,
                        random.nextLong(),
                        link -> new SessionUpstream(link, greeting, limits, budget, patrol),
                        lost -> avoid(lost, 0));
        RelayLink link = made.link();
        CreditPool.Share share = closed ? null : pool.tryOpen(link::grant);
        if (share == null) {
            return null;
        }
        link.share(share);
        links.put(link.id(), link);
        link.control(MessageType.OPEN, new RelayMessage.Open(CreditPool.LEAST, instance).encode());
        run("open", link, share, made::serve);
        return made;
    }

    private void run(String what, RelayLink link, CreditPool.Share share, Runnable serving) {
        Thread.ofVirtual()
                .name("tunnel-relay-" + what + "-" + link.peer())
                .start(() -> {
                    try {
                        serving.run();
                    } finally {
                        ended.add(link.id(), link.peer(), System.nanoTime());
                        links.remove(link.id());
                        opened.computeIfPresent(
                                link.peer(), (peer, now) -> now.link().equals(link) ? null : now);
                        share.close();
                    }
                });
    }

    // ---- What the broker hands over.

    @Override
    public void received(byte[] bytes) {
        RelayMessage message = RelayMessage.decode(bytes);
        if (message == null) {
            LOGGER.log(Level.WARNING, "the broker carries what is no message of the relay");
            return;
        }
        if (message.type() == MessageType.YIELD) {
            onYield.accept(message.content().latin1());
            return;
        }
        RelayLink link = links.get(message.link());
        if (link == null && message.type() == MessageType.OPEN) {
            accept(message);
        } else if (link == null) {
            tellThatItEnded(message);
        } else if (!link.onMessage(message)) { // and its requests have not noticed yet
            ended.add(link.id(), link.peer(), System.nanoTime());
            tellThatItEnded(message);
        }
    }

    /**
     * The other instance does not know yet, and what it sends goes nowhere. To an end nobody
     * answers: two instances would tell each other for ever.
     */
    private void tellThatItEnded(RelayMessage message) {
        String peer =
                message.type() == MessageType.END
                        ? null
                        : ended.toTell(message.link(), System.nanoTime());
        if (peer != null) {
            Bytes why = Bytes.utf8("the other instance has lost the relay link");
            byte[] end = RelayMessage.encode(MessageType.END, message.link(), 0, List.of(why));
            var unused = broker.publish(peer, end); // said again as long as something comes
        }
    }

    private void accept(RelayMessage message) {
        RelayMessage.Open open = RelayMessage.Open.decode(message.content());
        if (open == null) {
            LOGGER.log(Level.WARNING, "another instance opens a relay link of another version");
            return;
        }
        RelayLink link =
                new RelayLink(broker, open.instance(), message.link(), new RelayEvents() {});
        CreditPool.Share share = closed ? null : pool.tryOpen(link::grant);
        if (share == null) {
            link.close(CloseCode.GOING_AWAY, RelayLink.TOO_MANY);
            return;
        }
        link.share(share);
        links.put(link.id(), link);
        boolean ignored = link.onMessage(message); // its open, which is the first
        link.onCredit(open.credit());
        link.control(MessageType.ACCEPT, RelayMessage.number(CreditPool.LEAST));
        SessionResponder responder =
                new SessionResponder(link, owner, greeting, limits, budget, (millis, reason) -> {});
        run("accept", link, share, () -> serve(responder, link));
    }

    private static void serve(SessionResponder responder, RelayLink link) {
        try {
            responder.serve();
        } catch (IOException e) {
            LOGGER.log(
                    Level.DEBUG, () -> "relay from " + link.peer() + " is over: " + e.getMessage());
        } finally {
            link.close(CloseCode.GOING_AWAY, "the session has ended");
        }
    }

    @Override
    public void lost() {
        for (RelayLink link : List.copyOf(links.values())) {
            link.end("the broker between the server's instances was lost");
        }
    }

    /** Asks an instance to look whether it still serves a tunnel. It may get lost. */
    void askToYield(String peer, String tunnelId) {
        byte[] message =
                RelayMessage.encode(MessageType.YIELD, 0, 0, List.of(Bytes.latin1(tunnelId)));
        var unused = broker.publish(peer, message); // said again as long as it is of use
    }

    // ---- The monitor, and the end.

    /** Looks at all links. Does not block. */
    void look() {
        long now = System.nanoTime();
        links.values().forEach(link -> link.look(now));
        opened.values().forEach(link -> link.look(now));
        ended.look(now);
        avoided.values().removeIf(one -> now - one.sinceNanos > GONE_NANOS);
    }

    /** How many there are; for tests. */
    int count() {
        return links.size();
    }

    /** Ends all links, and opens and accepts none from now on. */
    void close() {
        closed = true;
        for (RelayLink link : List.copyOf(links.values())) {
            link.close(CloseCode.GOING_AWAY, "the instance leaves");
        }
    }
}
