package io.cloudtunnel.benchmarks.load;

import java.util.List;

/**
 * One way to the local service.
 *
 * @param prefix of the paths, mostly empty
 * @param processes what the way consists of; their CPU time is its cost
 * @param brokers which of them join instances
 */
record Target(String name, int port, String prefix, List<Child> processes, List<Child> brokers)
        implements AutoCloseable {

    Target(String name, int port, String prefix, List<Child> processes) {
        this(name, port, prefix, processes, List.of());
    }

    double cpuSeconds() {
        return cpuSeconds(processes);
    }

    double brokerCpuSeconds() {
        return cpuSeconds(brokers);
    }

    private static double cpuSeconds(List<Child> of) {
        return of.stream().mapToDouble(Child::cpuSeconds).sum();
    }

    Client connect() {
        return new Client(port, prefix);
    }

    @Override
    public void close() {
        processes.reversed().forEach(Child::close);
    }
}
