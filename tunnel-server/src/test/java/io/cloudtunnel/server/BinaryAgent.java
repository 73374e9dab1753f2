package io.cloudtunnel.server;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An agent in binary mode that does what a test says, over the JDK's WebSocket. It takes no request
 * in JSON form, so that each one comes as a frame.
 */
final class BinaryAgent implements WebSocket.Listener, AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Frame.Ping SETTLED = new Frame.Ping(77);

    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<JdkAgent.Close> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final WebSocket socket;

    /** Connects, and has said hello when this returns. */
    BinaryAgent(Tunnel tunnel, String agent, boolean exclusive) throws Exception {
        this(tunnel, tunnel, agent, exclusive);
    }

    /** The same at an instance where the tunnel was not registered. */
    BinaryAgent(Tunnel at, Tunnel tunnel, String agent, boolean exclusive) throws Exception {
        this(at, tunnel, agent, exclusive, "");
    }

    /** The same with a policy. */
    BinaryAgent(Tunnel at, Tunnel tunnel, String agent, boolean exclusive, String policy)
            throws Exception {
        this.socket =
                at.client
                        .newWebSocketBuilder()
                        .connectTimeout(DEADLINE)
                        .subprotocols("cloudtunnel.v1")
                        .header("X-Tunnel-Id", tunnel.id)
                        .header("Authorization", "Bearer " + tunnel.secret)
                        .buildAsync(URI.create("ws://localhost:" + at.port() + "/ws"), this)
                        .join();
        Greeting all = Greeting.DEFAULT;
        int streams = all.streams();
        send(
                new Frame.Hello(
                        new Greeting(
                                streams,
                                all.headMax(),
                                all.window(),
                                0,
                                all.textMax(),
                                "",
                                agent,
                                exclusive,
                                policy)),
                SETTLED); // in one message, since the link may be replaced as soon as it says hello
        awaitSettled();
    }

    /** What was sent so far has been read, or the server has closed the link. */
    void settle() throws Exception {
        send(SETTLED);
        awaitSettled();
    }

    private void awaitSettled() throws Exception {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!closed.isDone()) {
            if (frames.poll(20, TimeUnit.MILLISECONDS) instanceof Frame.Pong pong
                    && pong.content() == SETTLED.content()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new TimeoutException("no pong comes");
            }
        }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        message.writeBytes(piece);
        if (last) {
            try {
                frames.addAll(BinaryCodec.decode(Bytes.wrap(message.toByteArray()), 131_072));
            } catch (ProtocolException e) {
                closed.completeExceptionally(e);
            }
            message.reset();
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new JdkAgent.Close(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    /** Sends frames in one message. */
    void send(Frame... some) {
        List<Bytes> parts = new ArrayList<>();
        for (Frame frame : some) {
            BinaryCodec.encode(frame, parts);
        }
        socket.sendBinary(ByteBuffer.wrap(Bytes.join(parts).toByteArray()), true).join();
    }

    private Frame poll() throws Exception {
        Frame frame = frames.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (frame == null) {
            throw new TimeoutException("nothing comes; closed: " + closed);
        }
        return frame;
    }

    /** The next frame of a kind; others are dropped. */
    <T extends Frame> T next(Class<T> kind) throws Exception {
        Frame frame = poll();
        while (!kind.isInstance(frame)) {
            frame = poll();
        }
        return kind.cast(frame);
    }

    /** Whether no request has come so far. */
    boolean isIdle() {
        return frames.stream().noneMatch(Frame.Req.class::isInstance);
    }

    void answer(int stream, int status) {
        send(new Frame.Resp(stream, new ResponseHead(status, Fields.EMPTY), true));
    }

    /** The server's close frame, with a deadline. */
    JdkAgent.Close awaitClose() throws Exception {
        return closed.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Leaves without a close frame. */
    void cut() {
        socket.abort();
    }

    @Override
    public void close() {
        cut();
    }
}
