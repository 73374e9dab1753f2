package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** One end of a link in memory, which holds a few messages each way. It ends with its threads. */
final class MemoryLink implements Link {

    private static final int CAPACITY = 8;

    private final BlockingQueue<Message> in;
    private final BlockingQueue<Message> out;

    private volatile long bytesReceived;

    private MemoryLink(BlockingQueue<Message> in, BlockingQueue<Message> out) {
        this.in = in;
        this.out = out;
    }

    /** A link that is open. */
    MemoryLink() {
        this(new ArrayBlockingQueue<>(CAPACITY), new ArrayBlockingQueue<>(CAPACITY));
    }

    /** Its other end. */
    MemoryLink other() {
        return new MemoryLink(out, in);
    }

    @Override
    public void send(Message message) throws IOException {
        try {
            out.put(message);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public @Nullable Message receive() throws IOException {
        try {
            Message message = in.take();
            long now = bytesReceived + message.payload().length(); // by one thread
            bytesReceived = now;
            return message;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }

    @Override
    public long bytesReceived() {
        return bytesReceived;
    }

    @Override
    public void close(int code, String reason) {
        // Its threads are interrupted instead.
    }
}
