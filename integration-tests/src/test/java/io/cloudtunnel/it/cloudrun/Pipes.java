package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Raw bytes both ways between two connections, each direction until its end. */
final class Pipes {

    private static final int PIECE = 64 * 1024;

    private final Wire one;
    private final Wire other;

    Pipes(Wire one, Wire other) {
        this.one = one;
        this.other = other;
    }

    void run() throws InterruptedException {
        Thread back = Thread.ofVirtual().name("front-end-pipe").start(() -> pass(other, one));
        pass(one, other);
        back.join();
    }

    private static void pass(Wire from, Wire to) {
        try {
            InputStream in = from.rest();
            OutputStream out = to.socket().getOutputStream();
            byte[] piece = new byte[PIECE];
            int count = in.read(piece);
            while (count >= 0) {
                out.write(piece, 0, count);
                count = in.read(piece);
            }
            to.socket().shutdownOutput();
        } catch (IOException e) { // cut on one side: so it is on the other
            try {
                to.reset();
                from.reset();
            } catch (IOException again) {
                // Both are closed.
            }
        }
    }
}
