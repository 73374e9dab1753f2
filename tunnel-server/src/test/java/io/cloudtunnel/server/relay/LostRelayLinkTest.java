package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.Patrol;
import io.cloudtunnel.server.relay.RelayMessage.MessageType;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A relay link that one side has lost, and of which the other one does not know. Nobody looks after
 * the links here: what is found out is so by a message alone.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostRelayLinkTest {

    private static final long LINK = 77;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final EchoUpstream local = new EchoUpstream();

    private RelayLinks links(String name, Broker broker) {
        RelayLinks links =
                new RelayLinks(
                        name,
                        broker,
                        local,
                        Limits.DEFAULT,
                        new MemoryBudget(8 << 20),
                        new Patrol(timer),
                        peer -> {});
        broker.subscribe(name, links);
        return links;
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private static Exchange post(RelayLinks from) throws Exception {
        return from.to("owner").open(RequestHead.of("POST", "/", Fields.EMPTY), 5);
    }

    @Test
    void whoSendsOnItLearnsThatAtOnceAndTheNextRequestIsServed() throws Exception {
        MemoryEngine memory = new MemoryEngine();
        RelayLinks owner = links("owner", memory.engine().broker());
        RelayLinks asking = links("asking", memory.engine().broker());
        Exchange lost = post(asking);
        Eventually.holds("it is at the owner", () -> local.opened.get() == 1);
        owner.lost();
        ExchangeException e =
                assertThrows(
                        ExchangeException.class,
                        () -> {
                            lost.receiveHead(); // may have come before
                            lost.send(Bytes.utf8("hello"));
                            lost.receive();
                        });
        assertEquals(ErrorCode.OUTCOME_UNKNOWN, e.code());
        assertTrue(e.text().endsWith("the other instance has lost the relay link"), e.text());
        Exchange next = post(asking);
        next.send(Bytes.utf8("hello"));
        next.endRequest(Fields.EMPTY);
        assertEquals(200, next.receiveHead().status());
        next.cancel(new ExchangeException(ErrorCode.CANCELLED, "gone"));
        asking.close();
        owner.close();
    }

    /** Takes what is published, and delivers nothing. */
    private static final class Notes implements Broker {
        private final Queue<String> said = new ConcurrentLinkedQueue<>();

        @Override
        public void subscribe(String instance, Receiver receiver) {}

        @Override
        public CompletionStage<Long> publish(String instance, byte[] message) {
            RelayMessage sent = RelayMessage.decode(message);
            if (sent != null && sent.type() == MessageType.END) {
                said.add(instance + " " + sent.link());
            }
            return CompletableFuture.completedFuture(1L);
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void anEndIsNotAnsweredNorWhatIsOfNoLinkThatThereWas() throws Exception {
        Notes notes = new Notes();
        RelayLinks owner = links("owner", notes);
        Bytes open = new RelayMessage.Open(CreditPool.LEAST, "asking").encode();
        owner.received(RelayMessage.encode(MessageType.OPEN, LINK, 0, List.of(open)));
        assertEquals(1, owner.count());
        owner.lost();
        owner.received(RelayMessage.encode(MessageType.END, LINK, 1, List.of()));
        owner.received(RelayMessage.encode(MessageType.ALIVE, LINK + 1, 1, List.of()));
        assertEquals(List.of(), List.copyOf(notes.said));
        owner.received(RelayMessage.encode(MessageType.ALIVE, LINK, 1, List.of()));
        assertEquals(List.of("asking " + LINK), List.copyOf(notes.said));
        Eventually.holds("the owner has none", () -> owner.count() == 0);
        owner.received(RelayMessage.encode(MessageType.END, LINK, 2, List.of()));
        assertEquals(1, notes.said.size());
        Eventually.holds(
                "it is told again",
                () -> {
                    owner.received(RelayMessage.encode(MessageType.ALIVE, LINK, 3, List.of()));
                    return notes.said.size() > 1;
                });
        owner.close();
    }
}
