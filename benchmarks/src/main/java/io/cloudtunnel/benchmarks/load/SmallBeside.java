package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Small requests at a fixed rate, beside readers of large bodies.
 *
 * @param bytesPerSecond of each reader, 0 for as fast as it goes
 */
record SmallBeside(String name, int perSecond, int seconds, int readers, int bytesPerSecond)
        implements Scenario {

    private static final long BODY = 1L << 30;
    private static final int CONNECTIONS = 32;
    private static final long SETTLE_SECONDS = 1;

    @Override
    public Map<String, Double> run(Target target) throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(readers);
        List<Client> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Client client = target.connect();
            clients.add(client);
            // Not virtual: one that always finds something to read would not give way.
            threads.add(Thread.ofPlatform().start(() -> read(client, begun, over)));
        }
        try {
            if (!begun.await(30, TimeUnit.SECONDS)) {
                throw new IOException("a reader got nothing for 30 s");
            }
            if (readers > 0) {
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS); // until buffers on the way are full
            }
            OpenLoop loop = new OpenLoop(target);
            Latencies latencies = loop.run(perSecond, seconds, Math.min(CONNECTIONS, perSecond));
            if (loop.errors() > 0) {
                throw new IOException(loop.errors() + " small requests failed");
            }
            double rss = target.processes().stream().mapToDouble(Child::residentMib).sum();
            return Map.of(
                    name + ", p50 ms", latencies.percentileMillis(50),
                    name + ", p99 ms", latencies.percentileMillis(99),
                    name + ", RSS MiB", rss);
        } finally {
            over.set(true);
            clients.forEach(Client::close);
            threads.forEach(Thread::interrupt); // who is slow sleeps
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private void read(Client client, CountDownLatch begun, AtomicBoolean over) {
        long start = System.nanoTime();
        long[] received = {0};
        try {
            while (!over.get()) {
                client.download(
                        BODY,
                        count -> {
                            if (received[0] == 0) {
                                begun.countDown();
                            }
                            received[0] += count;
                            if (bytesPerSecond > 0) {
                                long due = start + received[0] * 1_000_000_000L / bytesPerSecond;
                                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
                            }
                        });
            }
        } catch (IOException e) {
            if (!over.get()) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
