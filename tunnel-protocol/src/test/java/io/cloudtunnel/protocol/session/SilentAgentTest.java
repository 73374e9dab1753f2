package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A link whose agent says nothing while a request waits. */
@Timeout(30)
class SilentAgentTest {

    private static final Limits LIMITS =
            Limits.DEFAULT.toBuilder().waitingSilence(Duration.ofMillis(100)).build();

    private final LinkedBlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
    private final MemoryLink.Pair pair = MemoryLink.pair();
    private final BinaryPeer agent = new BinaryPeer(pair.agent());
    private final SessionUpstream upstream =
            new SessionUpstream(
                    pair.server(),
                    Greeting.DEFAULT,
                    LIMITS,
                    new MemoryBudget(64 << 20),
                    ServerSide.PATROL,
                    new SessionUpstream.Events() {
                        @Override
                        public void greeted(Greeting greeting) {
                            // Nobody asks.
                        }

                        @Override
                        public void answers(boolean answers) {
                            told.add(answers);
                        }
                    });

    private boolean serve() throws Exception {
        upstream.serve();
        return true;
    }

    @Test
    void itGetsNoNewRequestsUntilAByteCame() throws Exception {
        Future<Boolean> reader = ServerSide.start(this::serve);
        agent.hello();
        Exchange exchange = upstream.open(ServerSide.get("/"), 0);
        exchange.endRequest(Fields.EMPTY);
        assertEquals(false, told.poll(20, TimeUnit.SECONDS));
        assertFalse(upstream.takesRequests());
        agent.send(new Frame.Pong(0));
        assertEquals(true, told.poll(20, TimeUnit.SECONDS));
        assertTrue(upstream.takesRequests());
        exchange.cancel(JsonFailures.lost());
        pair.server().close(1000, "");
        ServerSide.awaitEnd(reader);
    }
}
