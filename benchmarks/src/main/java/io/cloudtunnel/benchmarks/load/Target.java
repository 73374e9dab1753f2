package io.cloudtunnel.benchmarks.load;

import java.util.List;

/**
 * One way to the local service.
 *
 * @param prefix of the paths, mostly empty
 * @param processes what the way consists of; their CPU time is its cost
 */
record Target(String name, int port, String prefix, List<Child> processes)
        implements AutoCloseable {

    double cpuSeconds() {
        return processes.stream().mapToDouble(Child::cpuSeconds).sum();
    }

    Client connect() {
        return new Client(port, prefix);
    }

    @Override
    public void close() {
        processes.reversed().forEach(Child::close);
    }
}
