package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/** A body that is handed over, as a stream for one thread. */
final class HandedInput extends InputStream {

    private final Handover from;
    private @Nullable InputStream piece;
    private boolean over;

    HandedInput(Handover from) {
        this.from = from;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!over) {
            int count = piece == null ? -1 : piece.read(target, offset, length);
            if (count > 0) {
                return count;
            }
            next();
        }
        return -1;
    }

    private void next() throws IOException {
        try {
            Bytes next = from.take();
            over = next == null;
            piece = next == null ? null : next.asInputStream();
        } catch (ExchangeException e) {
            throw new IOException(e.text(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    @Override
    public int available() throws IOException {
        return piece == null ? 0 : piece.available();
    }

    /** No more of the body is wanted. */
    @Override
    public void close() {
        over = true;
        from.refuse();
    }
}
