package io.cloudtunnel.server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RelayLinkTest {

    /** Takes all, and says that one instance received it, until that one has gone. */
    private static final class OneReceiver implements Broker {
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile boolean gone;

        @Override
        public void subscribe(String instance, Receiver receiver) {}

        @Override
        public CompletionStage<Long> publish(String instance, byte[] message) {
            long receivers = gone ? 0 : 1;
            if (message[0] == 6) { // want
                asked.countDown();
            }
            return CompletableFuture.completedFuture(receivers);
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** It publishes nothing itself, which is how the end of the other one is noticed otherwise. */
    @Test
    void whoWaitsForCreditNoticesAnOwnerThatHasGone() throws Exception {
        OneReceiver broker = new OneReceiver();
        RelayLink link = new RelayLink(broker, "peer", 1, new RelayEvents() {});
        CompletableFuture<IOException> failed =
                CompletableFuture.supplyAsync(() ->
                        assertThrows(
                                IOException.class,
                                () -> link.send(new Message.Binary(List.of(Bytes.utf8("x"))))));
        assertTrue(broker.asked.await(10, TimeUnit.SECONDS), "it has no credit, and asks for some");
        long began = System.nanoTime();
        broker.gone = true;
        assertEquals("the other instance has gone", failed.get(10, TimeUnit.SECONDS).getMessage());
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(1), "soon");
    }
}
