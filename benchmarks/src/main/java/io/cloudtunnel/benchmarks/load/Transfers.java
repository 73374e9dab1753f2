package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** One large body. */
record Transfers(String name, Transfer transfer) implements Scenario {

    /** Moves the body. */
    interface Transfer {
        void run(Client client) throws IOException, InterruptedException;
    }

    @Override
    public Map<String, Double> run(Target target) throws IOException, InterruptedException {
        try (Client client = target.connect()) {
            double cpu = target.cpuSeconds();
            double brokerCpu = target.brokerCpuSeconds();
            long start = System.nanoTime();
            transfer.run(client);
            double wall = (System.nanoTime() - start) / 1e9;
            Map<String, Double> all = new LinkedHashMap<>();
            all.put(name + ", seconds", wall);
            all.put(name + ", CPU seconds", target.cpuSeconds() - cpu);
            if (!target.brokers().isEmpty()) {
                double ofBrokers = target.brokerCpuSeconds() - brokerCpu;
                all.put(name + ", of these the broker's", ofBrokers);
            }
            return all;
        }
    }
}
