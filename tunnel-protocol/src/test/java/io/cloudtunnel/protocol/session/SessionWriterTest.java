package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Bytes;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The writer's thread: there while something is to be written, and not while a link is idle. */
class SessionWriterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Takes all, and notices two threads that write at a time. */
    private static final class Taking implements Link {
        private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
        private final AtomicBoolean writing = new AtomicBoolean();

        @Override
        public void send(Message message) {
            assertTrue(writing.compareAndSet(false, true), "two threads write");
            taken.add(message.payload().utf8());
            writing.set(false);
        }

        @Override
        public @Nullable Message receive() {
            return null;
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public void close(int code, String reason) {
            // not asked for
        }
    }

    private final Taking link = new Taking();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final SessionWriter writer = new SessionWriter(link, "test", 100_000, failure::set);

    private void becomeIdle() throws InterruptedException {
        assertTrue(writer.awaitWritten(PATIENCE));
        while (writer.hasThread()) {
            writer.look();
            Thread.onSpinWait();
        }
    }

    private void expect(String text) throws InterruptedException {
        assertEquals(text, link.taken.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void anIdleWriterHasNoThreadAndWritesWhatComesNext() throws Exception {
        writer.start();
        for (int i = 0; i < 3; i++) {
            becomeIdle();
            writer.urgent(Bytes.utf8("text " + i));
            expect("text " + i);
        }
        assertTrue(writer.hasThread());
    }

    @Test
    void fewLooksLeaveTheThread() throws Exception {
        writer.start();
        assertTrue(writer.awaitWritten(PATIENCE));
        writer.look();
        writer.look();
        writer.urgent(Bytes.utf8("a"));
        expect("a");
        assertTrue(writer.awaitWritten(PATIENCE));
        writer.look();
        writer.look();
        writer.look();
        assertTrue(writer.hasThread());
    }

    @Test
    void anIdleWriterIsClosedAndHasWrittenAll() throws Exception {
        writer.start();
        becomeIdle();
        assertTrue(writer.awaitWritten(Duration.ZERO));
        writer.close();
        assertTrue(writer.awaitWritten(Duration.ZERO));
        assertTrue(writer.urgent(Bytes.utf8("late")));
        assertFalse(writer.hasThread());
    }

    @Test
    void closingDropsOpeningsThatHaveNotLeft() throws Exception {
        writer.start();
        writer.open(1, Bytes.utf8("one"));
        expect("one");
        assertTrue(writer.awaitWritten(PATIENCE));
        assertEquals(1, writer.close());
        assertTrue(writer.open(2, Bytes.utf8("two")));
        assertEquals(1, writer.close());
        SessionWriter late = new SessionWriter(link, "late", 10, failure::set);
        late.open(1, Bytes.utf8("never"));
        late.urgent(Bytes.utf8("still"));
        assertEquals(0, late.close());
        late.start();
        expect("still");
    }

    @Test
    void whatIsQueuedBeforeTheStartIsWrittenBehindIt() throws Exception {
        writer.urgent(Bytes.utf8("early"));
        assertFalse(writer.hasThread());
        writer.start();
        expect("early");
    }

    @Test
    void allIsWrittenInOrderAndByOneThreadWhileThreadsEndAndBegin() throws Exception {
        writer.start();
        AtomicBoolean done = new AtomicBoolean();
        Thread patrol =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!done.get()) {
                                writer.look();
                            }
                        });
        for (int i = 0; i < 20_000; i++) {
            assertTrue(writer.urgent(Bytes.utf8(Integer.toString(i))));
            if (i % 3 == 0) {
                assertTrue(writer.awaitWritten(PATIENCE));
            }
        }
        for (int i = 0; i < 20_000; i++) {
            expect(Integer.toString(i));
        }
        done.set(true);
        patrol.join();
        assertEquals(null, failure.get());
    }
}
