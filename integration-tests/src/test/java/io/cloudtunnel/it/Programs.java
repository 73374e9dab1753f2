package io.cloudtunnel.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.OS;

/** A program as a process of its own, with what it prints. */
public final class Programs implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;
    private static final Pattern LISTENING = Pattern.compile("listening on port (\\d+)");

    /** Where the tests run under nohup, programs would inherit that SIGHUP is ignored. */
    private static final List<String> SIGNALS =
            OS.LINUX.isCurrentOs() ? List.of("env", "--default-signal=HUP") : List.of();

    private final Process process;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Object printed = new Object();

    private final Thread collector;

    private Programs(Process process) {
        this.process = process;
        collector = Thread.ofVirtual().start(this::collect);
    }

    /** Copies a jar alone into an empty folder and starts it there. */
    public static Programs start(
            Path folder, String module, Map<String, String> env, String... args)
            throws IOException {
        List<String> java = new ArrayList<>(SIGNALS);
        java.add(javaOfThisProcess());
        java.addAll(QuickStarts.options(module));
        return start(java, folder, module, env, args);
    }

    static Programs start(
            List<String> java, Path folder, String module, Map<String, String> env, String... args)
            throws IOException {
        Path built = Path.of("..", module, "target", module + ".jar").toAbsolutePath();
        Path alone = Files.createTempDirectory(folder, module).resolve(module + ".jar");
        Files.copy(built, alone, StandardCopyOption.COPY_ATTRIBUTES); // its time, for QuickStarts
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", alone.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(alone.getParent().toFile())
                        .redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("TUNNEL_") || name.startsWith("OTEL_"));
        builder.environment().put("HOME", folder.toString());
        // Java asks the system for the home folder, not the environment.
        builder.environment().put("XDG_CONFIG_HOME", folder.resolve(".config").toString());
        builder.environment().putAll(env);
        return new Programs(builder.start());
    }

    /** An agent that registers with a server on this machine. */
    static Programs agent(
            Path folder, Map<String, String> env, int server, int local, String... more)
            throws IOException {
        List<String> args = new ArrayList<>();
        args.addAll(List.of("--server", "http://localhost:" + server));
        args.addAll(List.of("--local", Integer.toString(local)));
        args.addAll(List.of(more));
        return start(folder, "tunnel-agent", env, args.toArray(String[]::new));
    }

    /**
     * Starts what others wrote. It does not see the home folder, the proxies and the tunnels of
     * whoever tests.
     */
    static Programs start(Path home, List<String> command, Map<String, String> env)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("TUNNEL_")
                                || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(env);
        return new Programs(builder.start());
    }

    /** Runs what others wrote to its end, which has to be a good one; what it printed. */
    static String run(Path home, List<String> command, Map<String, String> env)
            throws IOException, InterruptedException {
        try (Programs program = start(home, command, env)) {
            int status = program.awaitExit();
            if (status != 0) {
                throw new AssertionError(
                        String.join(" ", command) + ": " + status + "\n" + program.output());
            }
            return program.output();
        }
    }

    static String javaOfThisProcess() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void collect() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                add(line);
                line = reader.readLine();
            }
        } catch (IOException e) {
            add("(the output broke: " + e.getMessage() + ")");
        }
    }

    private void add(String line) {
        synchronized (printed) {
            lines.add(line);
            printed.notifyAll();
        }
    }

    /** Waits for a line. */
    public String await(String what, Predicate<String> wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (printed) {
            while (true) {
                for (String line : lines) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no " + what + " in:\n" + output());
                }
                printed.wait(left);
            }
        }
    }

    /** Waits until a server listens. */
    public int port() throws InterruptedException {
        Matcher line = LISTENING.matcher(await("port", l -> LISTENING.matcher(l).find()));
        if (!line.find()) {
            throw new AssertionError("a line without a port");
        }
        return Integer.parseInt(line.group(1));
    }

    /** Waits until an agent has a public URL. */
    String publicUrl() throws InterruptedException {
        return await("URL", l -> l.startsWith("http://localhost"));
    }

    /** The same without the server, for a request's target. */
    String publicPath() throws InterruptedException {
        return publicUrl().replaceFirst("http://[^/]*", "");
    }

    /** Waits for the end; the exit status. */
    public int awaitExit() throws InterruptedException {
        return awaitExit(PATIENCE_SECONDS);
    }

    public int awaitExit(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running:\n" + output());
        }
        collector.join(TimeUnit.SECONDS.toMillis(5)); // what it left behind may hold the pipe
        return process.exitValue();
    }

    /** Whether it has ended by itself within so long; false too where the caller is interrupted. */
    public boolean hasExited(long time, TimeUnit unit) {
        try {
            return process.waitFor(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGTERM for it and all that it started; SIGKILL for what is there after 15 s. */
    void endTree() throws InterruptedException {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        for (ProcessHandle each : all) {
            try {
                each.onExit().get(15, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                each.destroyForcibly();
            }
        }
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("no such process: " + process.pid());
        }
    }

    /** How many lines there are of a kind. */
    long count(Predicate<String> wanted) {
        return List.copyOf(lines).stream().filter(wanted).count();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    /** The most memory that it had in RAM at a time (VmHWM), in KiB; Linux tells. */
    long peakKib() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmHWM in " + status);
    }

    public String output() {
        return String.join("\n", List.copyOf(lines));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
