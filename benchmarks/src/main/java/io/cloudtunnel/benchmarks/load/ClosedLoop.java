package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small requests over 64 connections, each as soon as the one before is answered. */
record ClosedLoop(int seconds) implements Scenario {

    private static final int CONNECTIONS = 64;
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern FAILED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    @Override
    public Map<String, Double> run(Target target) throws IOException, InterruptedException {
        double cpu = target.cpuSeconds();
        long start = System.nanoTime();
        long requests = Programs.find("wrk") == null ? own(target) : wrk(target);
        double wall = (System.nanoTime() - start) / 1e9;
        return Map.of(
                "small, requests/s",
                requests / wall,
                "small, CPU us",
                (target.cpuSeconds() - cpu) * 1e6 / requests);
    }

    private long wrk(Target target) throws IOException, InterruptedException {
        Path log = Files.createTempFile("wrk", ".log");
        String url = "http://127.0.0.1:" + target.port() + target.prefix() + "/small";
        Process wrk =
                new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", url)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int status = wrk.waitFor();
        String output = Files.readString(log);
        Files.delete(log);
        Matcher matcher = REQUESTS.matcher(output);
        if (status != 0 || !matcher.find() || FAILED.matcher(output).find()) {
            throw new IOException("wrk: " + output);
        }
        return Long.parseLong(matcher.group(1));
    }

    private long own(Target target) {
        LongAdder requests = new LongAdder();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                threads.execute(() -> loop(target, end, requests));
            }
        }
        return requests.sum();
    }

    private static void loop(Target target, long end, LongAdder requests) {
        try (Client client = target.connect()) {
            while (System.nanoTime() < end) {
                client.small();
                requests.increment();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
