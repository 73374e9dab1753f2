package io.cloudtunnel.server.relay;

import io.cloudtunnel.server.relay.RelayMessage.MessageType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * What a random number decides of a broker: messages come late, in their order, and some never. It
 * also counts whether anybody sends more than was granted to it.
 */
final class UnreliableBroker {

    private final Random random; // guarded by this, as what follows
    private final int mostMicros;
    private final Set<Integer> lost = new HashSet<>(); // a few numbers of messages
    private final Map<List<Object>, Long> credit = new HashMap<>(); // link and receiver
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private int count;
    private int losses;

    UnreliableBroker(long seed, boolean loses) {
        random = new Random(seed);
        mostMicros = 1 + random.nextInt(500);
        for (int i = loses ? 1 + random.nextInt(3) : 0; i > 0; i--) {
            lost.add(2 + random.nextInt(120));
        }
    }

    Broker of(Broker broker, String instance) {
        return new Broker() {
            @Override
            public void subscribe(String name, Receiver receiver) {
                broker.subscribe(
                        name,
                        new Receiver() {
                            @Override
                            public void received(byte[] message) {
                                LockSupport.parkNanos(delayNanos());
                                receiver.received(message);
                            }

                            @Override
                            public void lost() {
                                receiver.lost();
                            }
                        });
            }

            @Override
            public CompletionStage<Long> publish(String to, byte[] message) {
                return loses(instance, to, message)
                        ? CompletableFuture.completedFuture(1L)
                        : broker.publish(to, message);
            }

            @Override
            public boolean isConnected() {
                return broker.isConnected();
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }

    private synchronized long delayNanos() {
        return random.nextInt(30) == 0 ? 3_000_000 : random.nextInt(mostMicros) * 1_000L;
    }

    private synchronized boolean loses(String from, String to, byte[] bytes) {
        RelayMessage message = RelayMessage.decode(bytes);
        if (message == null) {
            violations.add("no message of the relay");
            return false;
        }
        switch (message.type()) {
            case OPEN -> {
                RelayMessage.Open open = RelayMessage.Open.decode(message.content());
                long unused = grant(message, from, open == null ? 0 : open.credit());
            }
            case ACCEPT, CREDIT -> {
                long unused = grant(message, from, message.number());
            }
            case DATA -> {
                if (grant(message, to, -message.content().length()) < 0) {
                    violations.add("more was sent to " + to + " than it granted");
                }
            }
            default -> {
                // Costs nothing.
            }
        }
        boolean loses = lost.contains(count++) && message.type() != MessageType.END;
        losses += loses ? 1 : 0;
        return loses;
    }

    /** What is left of it then. */
    private long grant(RelayMessage message, String receiver, long bytes) {
        long left = credit.getOrDefault(List.of(message.link(), receiver), 0L) + bytes;
        credit.put(List.of(message.link(), receiver), left);
        return left;
    }

    synchronized int losses() {
        return losses;
    }

    /** What should not have been sent. */
    List<String> violations() {
        return List.copyOf(violations);
    }
}
