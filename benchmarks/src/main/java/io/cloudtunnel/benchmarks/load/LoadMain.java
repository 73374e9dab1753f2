package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The load of all scenarios on all ways, in interleaved rounds, and the table of what it cost. What
 * it takes from system properties stands in docs/performance.md.
 */
public final class LoadMain {

    private static final int ONE_WAY_MILLIS = 50;

    private final PrintStream out = System.out;
    private final Results results = new Results();
    private final List<Target> targets = new ArrayList<>();
    private final List<String> scenarios = words("load.scenarios", String.join(",", all()));
    private final List<String> ways = words("load.ways", "direct,nginx,ours,cranker");
    private final String baseline = System.getProperty("load.baseline", "nginx");
    private final int rounds = Integer.getInteger("load.rounds", 5);
    private final int warmup = Integer.getInteger("load.warmup", 3);
    private final int seconds = Integer.getInteger("load.seconds", 5);
    private final long bytes = Long.getLong("load.mib", 1024) << 20;

    private LoadMain() {}

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        new LoadMain().run();
    }

    private static List<String> all() {
        return Stream.concat(Scenario.NAMES.stream(), Stream.of("delay")).toList();
    }

    private static List<String> words(String property, String otherwise) {
        return List.of(System.getProperty(property, otherwise).split(","));
    }

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("load");
        Targets factory =
                new Targets(
                        folder,
                        System.getProperty("load.server", ""),
                        System.getProperty("load.agent", ""),
                        System.getProperty("load.jvm", ""));
        try (Target service = factory.service()) {
            start(factory, service.port());
            out.println("Logs are in " + folder + ". The first " + warmup + " rounds warm up.");
            for (int round = 1 - warmup; round <= rounds; round++) {
                round(round);
            }
            if (scenarios.contains("delay")) {
                delayed(factory, service.port());
            }
            for (Target target : targets) {
                double peak = target.processes().stream().mapToDouble(Child::peakMib).sum();
                results.add("peak RSS of all processes, MiB", target.name(), peak);
            }
            out.println();
            out.println(results.table(baseline));
        } finally {
            targets.forEach(Target::close);
        }
    }

    private void start(Targets factory, int local) throws IOException, InterruptedException {
        for (String way : ways) {
            Target target =
                    switch (way) {
                        case "direct" -> new Target("direct", local, "", List.of());
                        case "nginx" -> factory.nginx(local);
                        case "ours" -> factory.ours(local);
                        case "signed" -> factory.signed(local);
                        case "everything" -> factory.everything(way, local, false);
                        case "everything-sampled" -> factory.everything(way, local, true);
                        case "traced" -> factory.traced(local);
                        case "routing" -> factory.routing(local);
                        case "relayed" -> factory.relayed(way, local, false);
                        case "relayed-nats" -> factory.relayed(way, local, true);
                        case "cranker" -> factory.cranker(local);
                        default -> throw new IllegalArgumentException("no way is called " + way);
                    };
            if (target == null) {
                out.println("SKIPPED: " + way + " is not installed");
            } else {
                targets.add(target);
            }
        }
    }

    private void round(int round) throws InterruptedException {
        for (String name : scenarios) {
            if (name.equals("delay")) {
                continue;
            }
            Scenario scenario = Scenario.of(name, seconds, bytes);
            for (Target target : targets) {
                try {
                    Map<String, Double> measured = new TreeMap<>(scenario.run(target));
                    out.println(round + " " + name + " " + target.name() + " " + measured);
                    if (round > 0) {
                        measured.forEach((key, value) -> results.add(key, target.name(), value));
                    }
                } catch (IOException e) {
                    out.println(round + " " + name + " " + target.name() + " FAILED: " + e);
                }
            }
        }
    }

    /** One stream over a distance: its rate over the second half, when its window has grown. */
    private void delayed(Targets factory, int local) throws IOException, InterruptedException {
        List<DelayPipe> pipes = new ArrayList<>();
        Targets.Between pipe =
                port -> {
                    pipes.add(DelayPipe.open(port, ONE_WAY_MILLIS));
                    return pipes.getLast().port();
                };
        try (Target target = factory.ours("ours, 100 ms away", local, pipe)) {
            for (int round = 0; round <= rounds; round++) {
                double rate = secondHalf(target);
                out.println(round + " delay " + target.name() + " " + rate + " MB/s");
                if (round > 0) {
                    results.add("one stream, MB/s", target.name(), rate);
                }
            }
        } finally {
            for (DelayPipe opened : pipes) {
                opened.close();
            }
        }
    }

    private double secondHalf(Target target) throws IOException, InterruptedException {
        long[] received = {0};
        long[] halfNanos = {0};
        try (Client client = target.connect()) {
            client.download(
                    bytes,
                    count -> {
                        received[0] += count;
                        if (halfNanos[0] == 0 && received[0] >= bytes / 2) {
                            halfNanos[0] = System.nanoTime();
                        }
                    });
        }
        return bytes / 2.0 / TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - halfNanos[0]);
    }
}
