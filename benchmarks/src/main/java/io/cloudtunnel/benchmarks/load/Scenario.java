package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A load, and what is measured under it: values by the name of the measure. */
interface Scenario {

    /** Puts the load on one way to the local service. */
    Map<String, Double> run(Target target) throws IOException, InterruptedException;

    /** The one of this name. */
    static Scenario of(String name, int seconds, long bytes) {
        return switch (name) {
            case "down" -> new Transfers("down", client -> client.download(bytes, count -> {}));
            case "up" -> new Transfers("up", client -> client.upload(bytes));
            case "small" -> new ClosedLoop(seconds);
            case "open" -> new SmallBeside("600/s", 600, seconds, 0, 0);
            case "beside-fast" -> new SmallBeside("50/s beside 8 fast readers", 50, seconds, 8, 0);
            case "beside-slow" ->
                    new SmallBeside("50/s beside 8 slow readers", 50, seconds, 8, 100_000);
            case "beside-stalled" ->
                    new SmallBeside("600/s beside 100 stalled readers", 600, seconds, 100, 1);
            default -> throw new IllegalArgumentException("no scenario is called " + name);
        };
    }

    /**
     * Those that run unless others are named, in their order; {@code beside-stalled} is one more.
     */
    List<String> NAMES = List.of("down", "up", "small", "open", "beside-fast", "beside-slow");
}
