package io.cloudtunnel.protocol.session;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Knows for how long a write has been stuck: large ones go out in pieces, so that a slow peer,
 * which takes some bytes now and then, is told from one that takes none. Written to by one thread
 * at a time; {@link #stuckNanos} and {@link #bytesWritten} are for any.
 */
final class ProgressOutput extends OutputStream {

    /** More than a gathered message takes, so that such a one is a single write. */
    static final int PIECE_BYTES = 128 * 1024;

    private final OutputStream out;
    private volatile long beganNanos; // 0 while nothing is being written
    private volatile long bytesWritten; // pieces that the output has taken

    ProgressOutput(OutputStream out) {
        this.out = out;
    }

    /** How long the write that is under way has moved nothing; negative if there is none. */
    long stuckNanos(long nowNanos) {
        long began = beganNanos;
        return began == 0 ? -1 : Math.max(0, nowNanos - began);
    }

    /** How much the output has taken, of a large write in steps of {@link #PIECE_BYTES}. */
    long bytesWritten() {
        return bytesWritten;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (int at = 0; at < length; at += PIECE_BYTES) {
                beganNanos = System.nanoTime() | 1; // never 0
                int piece = Math.min(PIECE_BYTES, length - at);
                out.write(bytes, offset + at, piece);
                long sum = bytesWritten + piece;
                bytesWritten = sum;
            }
        } finally {
            beganNanos = 0;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            beganNanos = System.nanoTime() | 1; // never 0
            out.flush();
        } finally {
            beganNanos = 0;
        }
    }
}
