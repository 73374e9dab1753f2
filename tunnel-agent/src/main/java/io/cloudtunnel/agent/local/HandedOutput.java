package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** A body that is handed over, as a stream for one thread, which keeps to its stated length. */
final class HandedOutput extends OutputStream {

    /** What is handed over at a time, in bytes. */
    static final int PIECE = 64 * 1024;

    private final Handover to;
    private final boolean bodiless;
    private final long stated;
    private long written;
    private boolean closed;

    /**
     * A stream.
     *
     * @param bodiless whether nothing is passed on
     * @param stated the length in bytes, negative where none is stated
     */
    HandedOutput(Handover to, boolean bodiless, long stated) {
        this.to = to;
        this.bodiless = bodiless;
        this.stated = stated;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        count(length);
        for (int at = 0; at < length && !bodiless; at += PIECE) {
            pass(Bytes.copyOf(source, offset + at, Math.min(PIECE, length - at)));
        }
    }

    /** The same without a copy. */
    void write(Bytes source) throws IOException {
        int length = source.length();
        count(length);
        for (int at = 0; at < length && !bodiless; at += PIECE) {
            pass(source.slice(at, Math.min(at + PIECE, length)));
        }
    }

    private void count(int length) throws IOException {
        if (closed) {
            throw new IOException("the answer's stream is closed");
        }
        if (!bodiless && stated >= 0 && length > stated - written) {
            throw new IOException("the body is longer than Content-Length says");
        }
        written += length;
    }

    private void pass(Bytes piece) throws IOException {
        try {
            boolean ignored = to.put(piece); // an answer is wanted until it fails
        } catch (ExchangeException e) {
            throw new IOException(e.text(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    /** Whether less was written than was stated. */
    boolean isShort() {
        return !bodiless && written < stated;
    }

    /** Nothing more is written; the answer ends when the handler does. */
    @Override
    public void close() {
        closed = true;
    }
}
