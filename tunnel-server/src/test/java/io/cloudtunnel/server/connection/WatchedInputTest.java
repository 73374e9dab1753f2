package io.cloudtunnel.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WatchedInputTest {

    /** Gives what the test puts in, and says when somebody waits for more. */
    private static final class Client extends InputStream {
        private final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
        private final Semaphore reads = new Semaphore(0);
        private volatile @Nullable IOException failure;

        void send(String text) {
            sent.add(text.getBytes(StandardCharsets.US_ASCII));
        }

        void leave(@Nullable IOException how) {
            failure = how;
            sent.add(new byte[0]);
        }

        void awaitReader() throws InterruptedException {
            assertTrue(reads.tryAcquire(10, TimeUnit.SECONDS));
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            reads.release();
            try {
                byte[] next = sent.take();
                if (next.length == 0) {
                    sent.add(next);
                    IOException how = failure;
                    if (how != null) {
                        throw how;
                    }
                    return -1;
                }
                assertTrue(next.length <= length, "the test sends no more than is read at once");
                System.arraycopy(next, 0, target, offset, next.length);
                return next.length;
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }
    }

    private final Client client = new Client();
    private final WatchedInput in = new WatchedInput(client);

    private static String read(InputStream in) throws IOException {
        byte[] bytes = new byte[8192];
        int count = in.read(bytes);
        return count < 0 ? "end" : new String(bytes, 0, count, StandardCharsets.US_ASCII);
    }

    private static <T> CompletableFuture<T> aside(Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        result.complete(action.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    @Test
    void whatWasReadAheadIsThereWhileMoreIsAwaited() throws Exception {
        client.send("GET /next");
        assertTrue(in.readAhead());
        client.awaitReader();
        CompletableFuture<Boolean> ahead = aside(in::readAhead);
        client.awaitReader(); // it waits for bytes that never come
        assertEquals("GET /next", read(in));
        client.send("more");
        assertTrue(ahead.get(10, TimeUnit.SECONDS));
        assertEquals("more", read(in));
    }

    @Test
    void aReaderGetsWhatTheOtherThreadIsWaitingFor() throws Exception {
        CompletableFuture<Boolean> ahead = aside(in::readAhead);
        client.awaitReader();
        CompletableFuture<String> read = aside(() -> read(in));
        assertFalse(client.reads.tryAcquire(), "only one of them is at the socket");
        client.send("bytes");
        assertTrue(ahead.get(10, TimeUnit.SECONDS));
        assertEquals("bytes", read.get(10, TimeUnit.SECONDS));
    }

    @Test
    void nothingIsReadAheadWhileSomebodyReads() throws Exception {
        CompletableFuture<String> read = aside(() -> read(in));
        client.awaitReader();
        assertFalse(in.readAhead());
        client.send("bytes");
        assertEquals("bytes", read.get(10, TimeUnit.SECONDS));
    }

    @Test
    void theEndComesBehindWhatCameBefore() throws Exception {
        client.send("last");
        client.leave(null);
        assertTrue(in.readAhead());
        assertThrows(EOFException.class, in::readAhead);
        assertThrows(EOFException.class, in::readAhead, "again");
        assertEquals("last", read(in));
        assertEquals("end", read(in));
        assertEquals(-1, in.read());
    }

    @Test
    void soDoesAFailure() throws Exception {
        client.send("last");
        client.leave(new IOException("reset"));
        assertTrue(in.readAhead());
        assertThrows(IOException.class, in::readAhead);
        assertEquals("last", read(in));
        assertEquals("reset", assertThrows(IOException.class, () -> read(in)).getMessage());
    }

    @Test
    void noMoreThanFourKibibytesAreReadAheadAndNoneIsLost() throws Exception {
        String kibibyte = "0123456789abcdef".repeat(64);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            client.send(kibibyte);
            all.append(kibibyte);
            assertTrue(in.readAhead());
        }
        client.send("5");
        assertFalse(in.readAhead(), "full");
        assertEquals(4096, in.available());
        assertEquals(all.toString(), read(in));
        assertEquals("5", read(in));
    }

    @Test
    void bytesAreTakenInSmallPiecesToo() throws Exception {
        client.send("ab");
        assertTrue(in.readAhead());
        assertEquals('a', in.read());
        client.send("c");
        assertTrue(in.readAhead());
        assertEquals("bc", read(in));
    }

    @Test
    void theWatcherTellsOnceAndServesTheNextRequest() throws Exception {
        DepartureWatch watch = new DepartureWatch(in);
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        watch.begin(first::countDown);
        watch.look(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
        client.awaitReader();
        client.send("GET /next");
        client.awaitReader(); // still watching, as the first request is not answered
        watch.end();
        assertEquals("GET /next", read(in));
        watch.begin(second::countDown);
        client.leave(null);
        assertTrue(second.await(10, TimeUnit.SECONDS));
        assertEquals(1, first.getCount());
    }
}
