package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both ends of JSON mode over a link of one message: a reader that wrote would stop them. */
@Timeout(120)
class JsonTunnelTest {

    private static final int ECHOES = 200;
    private static final int BYTES = 1 << 20;

    @Test
    void twoHundredEchoesOfAMegabyteComeBackIntact() throws Exception {
        Limits limits = Limit.streams(ECHOES);
        MemoryLink.Pair pair = MemoryLink.pair();
        var budget = new MemoryBudget(Long.MAX_VALUE);
        var agentBudget = new MemoryBudget(Long.MAX_VALUE);
        var timer = new ScheduledThreadPoolExecutor(1);
        timer.setRemoveOnCancelPolicy(true);
        var upstream = new JsonUpstream(pair.server(), limits, budget);
        Upstream echo = new ScriptedUpstream(JsonTunnelTest::echo);
        var responder = new JsonResponder(pair.agent(), echo, limits, agentBudget, timer);
        Future<Boolean> server = ServerSide.start(() -> served(upstream::serve));
        Future<Boolean> agent = ServerSide.start(() -> served(responder::serve));

        List<Future<Bytes>> answers =
                IntStream.range(0, ECHOES)
                        .mapToObj(i -> ServerSide.start(() -> exchange(upstream, i)))
                        .toList();
        for (int i = 0; i < ECHOES; i++) {
            assertEquals(body(i), answers.get(i).get(), "echo " + i);
        }
        responder.drain(Limit.LONG);
        pair.server().close(1000, "");
        ServerSide.get(server);
        ServerSide.get(agent);
        assertEquals(0, budget.usedBytes());
        assertEquals(0, agentBudget.usedBytes());
        assertEquals(0, timer.getQueue().size());
        timer.shutdownNow();
    }

    private static void echo(ScriptedExchange exchange) {
        var unused = exchange.request.thenAccept(body -> exchange.answer(200, Fields.EMPTY, body));
    }

    /** The reader of one end. */
    private interface Serve {
        void run() throws Exception;
    }

    private static boolean served(Serve serve) throws Exception {
        serve.run();
        return true;
    }

    private static Bytes exchange(Upstream upstream, int i) throws Exception {
        Exchange exchange = upstream.open(RequestHead.of("POST", "/" + i, Fields.EMPTY), BYTES);
        exchange.send(body(i));
        exchange.endRequest(Fields.EMPTY);
        exchange.receiveHead();
        Bytes answer = exchange.receive();
        exchange.cancel(Tunnel.gone());
        return answer == null ? Bytes.EMPTY : answer;
    }

    private static Bytes body(int i) {
        byte[] body = new byte[BYTES];
        new Random(i).nextBytes(body);
        return Bytes.wrap(body);
    }
}
