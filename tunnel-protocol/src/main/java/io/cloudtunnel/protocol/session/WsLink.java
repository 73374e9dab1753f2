package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.ws.CloseCode;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsException;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link over a WebSocket. Pings are answered, and sent when the peer is silent; a peer that has
 * answered pings before and falls silent, or that takes no bytes for too long, loses the link.
 */
public final class WsLink implements Link {

    private final InputStream in;
    private final WsReader reader;
    private final ProgressOutput out;
    private final WsWriter writer;
    private final Closeable transport;
    private final Limits limits;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> watch;

    private final ReentrantLock writing = new ReentrantLock(); // held over a socket write
    private final AtomicReference<@Nullable Bytes> pong = new AtomicReference<>();
    private final AtomicReference<@Nullable CloseFrame> closing = new AtomicReference<>();
    private final AtomicReference<@Nullable String> ending = new AtomicReference<>();
    private volatile @Nullable ScheduledFuture<?> closeWatch;
    private volatile int peerCloseCode = CloseCode.NO_STATUS;
    private volatile boolean ended;
    private boolean closeSent; // of whoever holds the write lock

    // Of the timer's thread:
    private final SilenceWatch silence;

    /**
     * A link behind the opening handshake.
     *
     * @param maxTextBytes the longest text message that is accepted; a binary one is never longer
     *     than binary mode allows
     * @param budget for messages of more than 256 KiB, until the next one is received
     * @param transport closed, from any thread and perhaps twice, to make reading and writing fail;
     *     must not wait for a write that is stuck
     * @param timer watches over silence and stalls; its tasks do not block
     */
    public WsLink(
            InputStream in,
            OutputStream out,
            Role role,
            int maxTextBytes,
            MemoryBudget budget,
            Closeable transport,
            Limits limits,
            ScheduledExecutorService timer) {
        this.in = in;
        this.reader = new WsReader(in, role, maxTextBytes, BinaryCodec.MAX_MESSAGE, budget);
        this.out = new ProgressOutput(out);
        this.writer = new WsWriter(this.out, role);
        this.transport = transport;
        this.limits = limits;
        this.timer = timer;
        this.silence = new SilenceWatch(limits, System.nanoTime());
        long period = Math.max(1, shortest(limits).toNanos() / 4);
        this.watch =
                timer.scheduleWithFixedDelay(this::watch, period, period, TimeUnit.NANOSECONDS);
    }

    private static Duration shortest(Limits limits) {
        return Collections.min(
                List.of(limits.pingInterval(), limits.silence(), limits.writeStall()));
    }

    @Override
    public void send(Message message) throws IOException {
        sendAll(List.of(message));
    }

    @Override
    public void sendAll(List<Message> messages) throws IOException {
        write(() -> {
            for (Message message : messages) {
                switch (message) {
                    case Message.Text text -> writer.appendText(text.payload());
                    case Message.Binary binary ->
                            writer.appendBinary(binary.parts().toArray(Bytes[]::new));
                    case Message.Cut ignored ->
                            throw new IllegalArgumentException("a part of a message");
                }
            }
            writer.flush();
        });
    }

    /** What this side says at the end; the first one counts. */
    private record CloseFrame(int code, String reason) {}

    /** Something to be done by whoever holds the write lock. */
    private interface Write {
        void run() throws IOException;
    }

    private void write(Write write) throws IOException {
        writing.lock();
        try {
            if (closeSent) { // the peer's close frame may still be on its way: no reason to abort
                throw new IOException("the link is being closed");
            }
            run(write);
        } finally {
            writing.unlock();
        }
    }

    private void run(Write write) throws IOException {
        try {
            write.run();
        } catch (IOException e) {
            abort("writing failed");
            throw e;
        }
    }

    @Override
    public @Nullable Message receive() throws IOException {
        try {
            while (true) {
                switch (reader.next()) {
                    case WsEvent.Text text -> {
                        return new Message.Text(text.payload());
                    }
                    case WsEvent.Binary binary -> {
                        return new Message.Binary(binary.payload());
                    }
                    case WsEvent.Cut cut -> {
                        return new Message.Cut(cut.beginning());
                    }
                    case WsEvent.Ping ping -> answer(ping.payload());
                    case WsEvent.Pong ignored -> silence.ponged();
                    case WsEvent.Close close -> {
                        peerCloseCode = close.code();
                        answer(close);
                        return null;
                    }
                    case WsEvent.End ignored -> {
                        return end();
                    }
                }
            }
        } catch (WsException e) {
            ending.compareAndSet(null, e.getMessage());
            close(e.closeCode(), e.getMessage() == null ? "" : e.getMessage());
            linger();
            throw e;
        } catch (IOException e) {
            abort("reading failed");
            if (closing.get() != null) {
                return null; // we closed it ourselves, and the peer did not answer
            }
            throw e;
        }
    }

    /**
     * Reads on without looking, until the peer closes or the timer does: closing a connection with
     * bytes unread would reset it, and the peer might never see why.
     */
    private void linger() {
        byte[] scratch = new byte[8192];
        try {
            while (in.read(scratch, 0, scratch.length) >= 0) {
                // dropped
            }
        } catch (IOException e) {
            abort(e.getMessage()); // a broken connection needs no more patience
        }
        abort("closed after an error of the peer");
    }

    private @Nullable Message end() throws IOException {
        boolean expected = closing.get() != null || ending.get() != null;
        abort("the connection ended");
        if (expected) {
            return null;
        }
        throw new IOException("the connection ended without a close frame");
    }

    /** The reader's last act, so it may wait for the write: for as long as a closing side may. */
    private void answer(WsEvent.Close close) {
        ending.compareAndSet(null, "closed by the peer: " + close.code() + " " + close.reason());
        if (closing.compareAndSet(null, new CloseFrame(CloseCode.NORMAL, ""))) {
            limitClosing("the peer took no close frame");
        }
        sendClose();
        abort("closed");
    }

    /** On a thread of its own: the reader never blocks on writing. Only the latest ping counts. */
    private void answer(Bytes payload) {
        if (pong.getAndSet(payload) == null) {
            Thread.ofVirtual().name("tunnel-pong").start(this::sendPong);
        }
    }

    private void sendPong() {
        try {
            write(() -> {
                Bytes latest = pong.getAndSet(null);
                if (latest != null) {
                    writer.pong(latest);
                }
            });
        } catch (IOException e) {
            // The link is being closed, or the reader reports that it broke.
        }
    }

    private void sendPing() {
        try {
            write(() -> writer.ping(Bytes.EMPTY));
        } catch (IOException e) {
            // The link is being closed, or the reader reports that it broke.
        }
    }

    /** What the timer does: never blocks. */
    private void watch() {
        long now = System.nanoTime();
        long stuck = out.stuckNanos(now);
        if (stuck > limits.writeStall().toNanos()) {
            abortAside("the peer took no bytes for " + limits.writeStall());
            return;
        }
        if (stuck >= 0) {
            silence.excuse(now); // no ping can leave now: the write's own limit judges the peer
            return;
        }
        switch (silence.look(now, reader.bytesReceived())) {
            case QUIET -> {}
            case PING -> Thread.ofVirtual().name("tunnel-ping").start(this::sendPing);
            case DEAD -> {
                ending.compareAndSet(null, "the peer was silent for " + limits.silence());
                close(LinkCloseCode.SILENT, "silent");
            }
        }
    }

    @Override
    public long bytesReceived() {
        return reader.bytesReceived();
    }

    @Override
    public long bytesSent() {
        return out.bytesWritten();
    }

    @Override
    public void close(int code, String reason) {
        if (!closing.compareAndSet(null, new CloseFrame(code, reason))) {
            return;
        }
        // The peer's close frame ends the reader; if none comes, the timer does.
        limitClosing("the peer did not answer the close frame");
        if (!ended) {
            Thread.ofVirtual().name("tunnel-close").start(this::sendClose);
        }
    }

    private void limitClosing(String otherwise) {
        try {
            ScheduledFuture<?> limit =
                    timer.schedule(
                            () -> abortAside(otherwise),
                            limits.closeWait().toNanos(),
                            TimeUnit.NANOSECONDS);
            closeWatch = limit;
            if (ended) { // meanwhile, and may have missed it
                limit.cancel(false);
            }
        } catch (RejectedExecutionException e) {
            abort(otherwise); // the timer's owner is closed, so nobody will wait
        }
    }

    /** Does nothing if it has been sent, or the link has broken. */
    private void sendClose() {
        CloseFrame frame = Objects.requireNonNull(closing.get());
        try {
            write(() -> {
                closeSent = true;
                writer.close(frame.code(), frame.reason());
            });
        } catch (IOException e) {
            // It has been sent, or the reader reports that the link broke.
        }
    }

    /** For the timer: closing a transport may block, on TLS for one. */
    private void abortAside(String reason) {
        ending.compareAndSet(null, reason);
        Thread.ofVirtual().name("tunnel-abort").start(() -> abort(reason));
    }

    /** Ends the link at once. The first reason counts. */
    private void abort(@Nullable String reason) {
        ending.compareAndSet(null, reason);
        ended = true;
        watch.cancel(false);
        ScheduledFuture<?> pending = closeWatch;
        if (pending != null) {
            pending.cancel(false);
        }
        try {
            transport.close();
        } catch (IOException e) {
            // It is closed as well as it can be.
            ending.updateAndGet(why -> why + " (" + e.getMessage() + ")");
        }
    }

    /** The code of the peer's close frame; {@link CloseCode#NO_STATUS} while there is none. */
    public int peerCloseCode() {
        return peerCloseCode;
    }

    /** Why the link ended, or is about to, for the log; null while it lives. */
    public @Nullable String ending() {
        return ending.get();
    }
}
