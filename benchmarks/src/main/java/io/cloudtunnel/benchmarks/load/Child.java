package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that was started here, with what it costs; its output goes to a file. */
final class Child implements AutoCloseable {

    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on all Linux machines
    private static final int UTIME = 11; // of the fields behind the name in /proc/PID/stat
    private static final int STIME = 12;

    private final Process process;
    private final Path log;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static Child start(Path log, List<String> command, String... environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new Child(builder.start(), log);
    }

    /** What it has written so far. */
    String output() throws IOException {
        return Files.readString(log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it by SIGKILL; it has ended when this returns. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** CPU seconds so far, its children's too. */
    double cpuSeconds() {
        return pids().mapToDouble(Child::cpuSeconds).sum();
    }

    /** The most memory that it has had resident, in MiB, its children's too. */
    double peakMib() {
        return pids().mapToDouble(pid -> memoryMib(pid, "VmHWM:")).sum();
    }

    /** The memory that it has resident now, in MiB, its children's too. */
    double residentMib() {
        return pids().mapToDouble(pid -> memoryMib(pid, "VmRSS:")).sum();
    }

    private Stream<Long> pids() {
        return Stream.concat(
                Stream.of(process.pid()), process.descendants().map(ProcessHandle::pid));
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]))
                    / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0; // it has ended meanwhile
        }
    }

    private static double memoryMib(long pid, String line) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(each -> each.startsWith(line))
                    .mapToDouble(each -> Long.parseLong(each.replaceAll("\\D", "")) / 1024.0)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
