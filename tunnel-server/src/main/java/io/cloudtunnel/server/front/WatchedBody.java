package io.cloudtunnel.server.front;

import java.io.IOException;
import java.io.InputStream;

/** A request's body as Helidon has it, each read of which can end without the client. */
final class WatchedBody extends InputStream {

    private final InputStream in;
    private final StreamWatch watch;

    WatchedBody(InputStream in, StreamWatch watch) {
        this.in = in;
        this.watch = watch;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return watch.read(() -> in.read(target, offset, length));
    }

    /** Helidon's would wait for the next piece. */
    @Override
    public void close() {}
}
