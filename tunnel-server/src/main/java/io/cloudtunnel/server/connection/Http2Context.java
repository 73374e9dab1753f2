package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.server.front.BodyPace;
import io.cloudtunnel.server.front.StreamWatch;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.context.Context;
import io.helidon.common.context.Contexts;
import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection as Helidon's HTTP/2 sees it. Each request finds the {@link StreamWatch} of its
 * stream in its Helidon context; a write of which the client takes nothing has a deadline.
 */
final class Http2Context extends HelidonContext {

    private final Streams streams;
    private final ExecutorService executor;
    private final DataWriter writer;

    private Http2Context(
            ConnectionContext context,
            HttpInput in,
            Streams streams,
            DataWriter writer,
            int mostHeadBytes) {
        super(context, new DataReader(new Http2Input(in, streams, mostHeadBytes)));
        this.streams = streams;
        this.executor = new StreamThreads(context, streams);
        this.writer = writer;
    }

    static Http2Context of(
            ConnectionContext context,
            HttpInput in,
            Deadline writing,
            ClientLimits limits,
            int mostHeadBytes) {
        Writer writer =
                new Writer(context.dataWriter(), writing, limits.writeStall(), new ReentrantLock());
        Streams streams = new Streams(writer, limits);
        return new Http2Context(context, in, streams, writer, mostHeadBytes);
    }

    @Override
    public ExecutorService executor() {
        return executor;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    boolean isIdle() {
        return streams.open.isEmpty();
    }

    /** Ends what takes a client too long. */
    void look(long nowNanos) {
        streams.open.values().forEach(watch -> watch.look(nowNanos));
    }

    /** The connection has ended, and all its streams have. */
    void end() {
        streams.open.values().forEach(StreamWatch::end);
    }

    private static final class Streams implements Http2Input.Streams {

        private static final int ENHANCE_YOUR_CALM = 0xb;

        private final Map<Integer, StreamWatch> open =
                new ConcurrentHashMap<>(); // bounded by the streams that Helidon allows
        private final DiscardedStreams discarded = new DiscardedStreams();
        private final Writer writer;
        private final ClientLimits limits;
        private int latest; // these two are of the thread that reads
        private boolean latestWithoutBody;

        Streams(Writer writer, ClientLimits limits) {
            this.writer = writer;
            this.limits = limits;
        }

        /** The watch of a stream that begins. */
        StreamWatch begin(int id) {
            StreamWatch watch =
                    new StreamWatch(
                            latestWithoutBody,
                            () -> discarded.add(id),
                            new BodyPace(
                                    limits.progress(), limits.progressBytes(), limits.bodyIdle()));
            open.put(id, watch);
            return watch;
        }

        @Override
        public void head(int id, boolean endsStream) {
            latest = id;
            latestWithoutBody = endsStream;
        }

        @Override
        public boolean reset(int id) {
            discarded.remove(id);
            StreamWatch watch = open.get(id);
            if (watch != null) {
                watch.end();
            }
            // Helidon would end the connection: the client was late, which is no fault.
            return watch != null || id == 0 || id > latest;
        }

        @Override
        public boolean data(int id, int length, boolean endsStream) {
            if (!discarded.contains(id)) {
                return true;
            }
            if (endsStream) {
                discarded.remove(id);
            }
            if (length > 0) { // other streams need the place
                writer.writeNow(windowUpdate(length));
            }
            return false;
        }

        @Override
        public void refuse() {
            BufferData frame = BufferData.create(17);
            frame.write(new byte[] {0, 0, 8, 7, 0, 0, 0, 0, 0}); // RFC 9113, section 6.8
            frame.writeInt32(latest);
            frame.writeInt32(ENHANCE_YOUR_CALM);
            writer.writeNow(frame);
        }

        /** For the whole connection (RFC 9113, section 6.9). */
        private static BufferData windowUpdate(int increment) {
            BufferData frame = BufferData.create(13);
            frame.write(new byte[] {0, 0, 4, 8, 0, 0, 0, 0, 0});
            frame.writeInt32(increment);
            return frame;
        }
    }

    /** Runs requests. Helidon hands one over before it reads on, so it is the latest one. */
    private static final class StreamThreads extends AbstractExecutorService {

        private final ConnectionContext context;
        private final ExecutorService threads;
        private final Streams streams;

        StreamThreads(ConnectionContext context, Streams streams) {
            this.context = context;
            this.threads = context.executor();
            this.streams = streams;
        }

        @Override
        public void execute(Runnable request) {
            int id = streams.latest;
            StreamWatch watch = streams.begin(id);
            Context requests =
                    Context.builder()
                            .parent(context.listenerContext().context())
                            .id(context.socketId() + " " + context.childSocketId() + " " + id)
                            .build();
            requests.register(watch);
            threads.execute(() -> {
                try {
                    watch.serve(() -> Contexts.runInContext(requests, request));
                } finally {
                    streams.open.remove(id);
                }
            });
        }

        @Override
        public void shutdown() {
            throw new UnsupportedOperationException("the threads are the listener's");
        }

        @Override
        public List<Runnable> shutdownNow() {
            throw new UnsupportedOperationException("the threads are the listener's");
        }

        @Override
        public boolean isShutdown() {
            return threads.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return threads.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return threads.awaitTermination(timeout, unit);
        }
    }

    private record Writer(DataWriter out, Deadline writing, Duration stall, ReentrantLock lock)
            implements DataWriter {

        private void write(Runnable action) {
            StreamWatch.shield(() -> {
                lock.lock();
                try {
                    writing.in(stall);
                    action.run();
                } finally {
                    writing.none();
                    lock.unlock();
                }
            });
        }

        @Override
        public void write(BufferData... buffers) {
            write(() -> out.write(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            write(() -> out.write(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(() -> out.writeNow(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(() -> out.writeNow(buffer));
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
