package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Do many streams at a time come through a link that holds one message in each direction? With a
 * reader that writes they stand still; {@link MemoryLink} fails such a reader at once.
 */
@Timeout(60)
class SessionEchoTest {

    private static final int MEGABYTE = 1_000_000;

    @Test
    void twoHundredMegabytesAtATime() throws Exception {
        var local = new EchoUpstream();
        try (var tunnel = new Tunnel(local)) {
            List<Future<Boolean>> echoes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int seed = i;
                echoes.add(ServerSide.start(() -> echo(tunnel, seed, MEGABYTE, 50_000, true)));
            }
            for (Future<Boolean> echo : echoes) {
                assertEquals(true, echo.get());
            }
        }
        assertEquals(0, local.open.get());
    }

    @Test
    void pieceAndAnswerInTurn() throws Exception {
        try (var tunnel = new Tunnel(new EchoUpstream())) {
            Exchange exchange =
                    tunnel.upstream.open(
                            RequestHead.of("POST", "/", Fields.EMPTY), Exchange.UNKNOWN_LENGTH);
            assertEquals(200, exchange.receiveHead().status());
            for (int i = 0; i < 100; i++) {
                Bytes piece = Bytes.utf8("piece " + i);
                exchange.send(piece);
                assertEquals(piece, exchange.receive());
            }
            exchange.endRequest(Fields.of("X-Sum", "1"));
            assertEquals(null, exchange.receive());
            assertEquals(Fields.of("X-Sum", "1"), exchange.responseTrailers());
            exchange.cancel(Tunnel.gone());
        }
    }

    @Test
    void sizesAroundEachBound() throws Exception {
        try (var tunnel = new Tunnel(new EchoUpstream())) {
            for (int size : new int[] {0, 1, 4095, 4096, 4097, 16_384, 65_535, 65_536, 65_537}) {
                for (boolean known : new boolean[] {true, false}) {
                    echo(tunnel, size, size, 1 << 20, known);
                    echo(tunnel, size, size, 1 + size / 3, known);
                }
            }
        }
    }

    private static boolean echo(Tunnel tunnel, int seed, int size, int piece, boolean known)
            throws Exception {
        byte[] body = new byte[size];
        new Random(seed).nextBytes(body);
        List<Bytes> pieces = new ArrayList<>();
        for (int at = 0; at < size; at += piece) {
            pieces.add(Bytes.wrap(body, at, Math.min(piece, size - at)));
        }
        Fields fields = known ? Fields.of("Content-Length", Integer.toString(size)) : Fields.EMPTY;
        Tunnel.Answer answer =
                tunnel.exchange(
                        RequestHead.of("POST", "/" + seed, fields),
                        known ? size : Exchange.UNKNOWN_LENGTH,
                        pieces);
        assertEquals(200, answer.head().status());
        assertEquals(Bytes.wrap(body), answer.body());
        return true;
    }
}
