package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer in binary mode that does what a test says; it reads all the time, but where told. */
final class BinaryPeer {

    private static final Object END = new Object();

    final MemoryLink link;
    private final LinkedBlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final Future<Boolean> reader;
    private long pings = 1L << 40;

    BinaryPeer(MemoryLink link) {
        this.link = link.scripted();
        this.reader = ServerSide.start(this::read);
    }

    private boolean read() throws IOException {
        try {
            Message message = link.receive();
            while (message != null) {
                switch (message) {
                    case Message.Text text -> received.add(text.payload());
                    case Message.Cut cut -> received.add(cut.payload());
                    case Message.Binary binary ->
                            received.addAll(BinaryCodec.decode(binary.payload(), 131_072));
                }
                message = link.receive();
            }
        } finally {
            received.add(END);
        }
        return true;
    }

    /** Sends frames in one message. */
    void send(Frame... frames) throws IOException {
        List<Bytes> parts = new ArrayList<>();
        for (Frame frame : frames) {
            BinaryCodec.encode(frame, parts);
        }
        link.send(new Message.Binary(Bytes.join(parts)));
    }

    void sendText(String text) throws IOException {
        link.sendText(text);
    }

    void hello() throws IOException {
        send(new Frame.Hello(Greeting.DEFAULT));
    }

    /** The next frame, or text as Bytes, without hello, ping and pong. */
    Object next() throws InterruptedException {
        while (true) {
            Object next = received.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing comes");
            }
            if (next == END) {
                throw new AssertionError(
                        "the link has ended: " + link.closeCode() + " " + link.closeReason());
            }
            if (!(next instanceof Frame.Hello
                    || next instanceof Frame.Ping
                    || next instanceof Frame.Pong)) {
                return next;
            }
        }
    }

    <T> T next(Class<T> type) throws InterruptedException {
        return assertInstanceOf(type, next());
    }

    JsonMessage nextText() throws IOException, InterruptedException {
        return JsonCodec.decode(next(Bytes.class));
    }

    /** Waits for the ping of this content; what comes before it is dropped. */
    void awaitPing(long content) throws InterruptedException {
        Object next = received.poll(20, TimeUnit.SECONDS);
        while (!(next instanceof Frame.Ping ping && ping.content() == content)) {
            if (next == null || next == END) {
                throw new AssertionError("no ping comes");
            }
            next = received.poll(20, TimeUnit.SECONDS);
        }
    }

    /** All that comes until what was sent so far has been read, and the session lives. */
    List<Object> settle() throws IOException, InterruptedException {
        long content = pings++;
        send(new Frame.Ping(content));
        List<Object> seen = new ArrayList<>();
        while (true) {
            Object next = received.poll(20, TimeUnit.SECONDS);
            if (next == null || next == END) {
                throw new AssertionError(
                        "the link has ended: " + link.closeCode() + " " + link.closeReason());
            }
            if (next instanceof Frame.Pong pong && pong.content() == content) {
                return seen;
            }
            if (!(next instanceof Frame.Hello || next instanceof Frame.Ping)) {
                seen.add(next);
            }
        }
    }

    /** Waits until the link has ended. */
    void assertClosed(int code, String word) {
        ServerSide.awaitEnd(reader);
        assertEquals(code + " " + word, link.closeCode() + " " + link.closeReason());
    }

    void awaitEnd() {
        ServerSide.awaitEnd(reader);
    }
}
