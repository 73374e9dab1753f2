package io.cloudtunnel.agent.fake;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.ws.WsEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Says hello in binary mode to whoever dials, and hands each link to the test. */
public final class BinaryLinks implements RawTunnel.Answer {

    /** For what has to happen. */
    private static final int PATIENCE_SECONDS = 20;

    /** No text, so that all answers come in frames. */
    private static final Greeting HELLO =
            new Greeting(1000, 72 * 1024, 64 * 1024, 0, 64 * 1024, "", "", false, "");

    private final BlockingQueue<Link> opened = new LinkedBlockingQueue<>();
    private volatile List<String> fields = List.of();

    /** From now on 101s carry these fields, of the form {@code Name: value}. */
    public BinaryLinks with(String... more) {
        fields = List.of(more);
        return this;
    }

    @Override
    public void run(int attempt, RawTunnel.Request request) throws Exception {
        Link link = new Link(request);
        List<String> all = new ArrayList<>(fields);
        all.add("Sec-WebSocket-Protocol: cloudtunnel.v1");
        request.upgrade("", all.toArray(String[]::new));
        link.send(new Frame.Hello(HELLO));
        link.receive(opened);
    }

    /** Says hello and leaving, and takes what comes. */
    public static void leave(RawTunnel.Request request) throws IOException {
        Link link = new Link(request);
        link.send(new Frame.Hello(HELLO));
        link.send(new Frame.Leaving(1000, Reason.DRAINING, ""));
        link.receive(new LinkedBlockingQueue<>());
    }

    /** Waits for the next link, whose agent has said hello. */
    public Link next() throws InterruptedException {
        Link link = opened.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (link == null) {
            throw new AssertionError("nobody dials");
        }
        return link;
    }

    /** Whether there is a link that {@link #next} has not returned. */
    public boolean hasMore() {
        return !opened.isEmpty();
    }

    /** The server's side of a link. */
    public static final class Link {
        private final RawTunnel.Request request;
        private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        private final CompletableFuture<Greeting> hello = new CompletableFuture<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        private Link(RawTunnel.Request request) {
            this.request = request;
        }

        private void receive(BlockingQueue<Link> opened) throws IOException {
            var reader = request.reader();
            try {
                while (!closed.isDone()) {
                    switch (reader.next()) {
                        case WsEvent.Binary binary -> {
                            for (Frame frame : BinaryCodec.decode(binary.payload(), 1 << 17)) {
                                take(frame, opened);
                            }
                        }
                        case WsEvent.Close close -> {
                            closed.complete(close.code());
                            request.writer().close(close.code(), "");
                        }
                        case WsEvent.End ignored -> closed.complete(0);
                        default -> {}
                    }
                }
            } finally {
                closed.complete(0);
            }
        }

        private void take(Frame frame, BlockingQueue<Link> opened) throws IOException {
            if (frame instanceof Frame.Hello greeting) {
                hello.complete(greeting.greeting());
                opened.add(this);
            } else if (frame instanceof Frame.Ping ping) {
                send(new Frame.Pong(ping.content()));
            } else {
                frames.add(frame);
            }
        }

        /** What the agent said. */
        public Greeting hello() {
            return hello.getNow(Greeting.DEFAULT);
        }

        /** Sends a frame. */
        public synchronized void send(Frame frame) throws IOException {
            List<Bytes> parts = new ArrayList<>();
            BinaryCodec.encode(frame, parts);
            request.writer().binary(parts.toArray(Bytes[]::new));
        }

        /** Waits for the next frame that is neither hello nor ping. */
        public Frame frame() throws InterruptedException {
            Frame frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("no frame");
            }
            return frame;
        }

        /** Closes from this side. */
        public void close(int code) throws IOException {
            request.writer().close(code, "");
        }

        /** Cuts the connection. */
        public void cut() throws IOException {
            request.connection().reset();
        }

        /** Waits for the agent's close code; 0 for the end without one. */
        public int awaitClose() throws Exception {
            return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        /** Whether it has ended. */
        public boolean hasEnded() {
            return closed.isDone();
        }
    }
}
