package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Cloud Run service with one instance of the packaged server, and what the platform does with it.
 * For one thread.
 */
final class Service implements AutoCloseable {

    static final String API_KEY = "0123456789abcdef0123456789abcdef01234567";

    /** Between SIGTERM and SIGKILL. */
    private static final long TO_LIVE_SECONDS = 10;

    /** A process of the server. */
    static final class Revision extends Instance {
        private final Programs program;
        private final long readyNanos = System.nanoTime();

        Revision(String name, int port, Programs program) {
            super(name, port);
            this.program = program;
        }

        Programs program() {
            return program;
        }

        /** When it listened. */
        long readyNanos() {
            return readyNanos;
        }
    }

    private final Path folder;
    private final FrontEnd frontEnd;
    private final Map<String, String> environment;
    private final List<Programs> programs = new ArrayList<>();
    private final List<Revision> all = new ArrayList<>(); // those that listened
    private Revision current;

    /**
     * No process yet.
     *
     * @param lifetime of an agent's link
     */
    Service(Path folder, FrontEnd frontEnd, Duration lifetime) {
        this.folder = folder;
        this.frontEnd = frontEnd;
        this.environment =
                Map.ofEntries(
                        Map.entry("JAVA_TOOL_OPTIONS", Agents.SMALL_JVM),
                        Map.entry("K_SERVICE", "tunnel"),
                        Map.entry("TUNNEL_KEY", "fedcba9876543210fedcba9876543210"),
                        Map.entry("API_KEYS", "tests:" + API_KEY),
                        Map.entry("LINK_LIFETIME", lifetime.toSeconds() + "s"),
                        Map.entry("PUBLIC_BASE_URL", frontEnd.url()));
    }

    /** The first process. */
    void begin() throws IOException, InterruptedException {
        current = start();
        frontEnd.route(current);
    }

    private Revision start() throws IOException, InterruptedException {
        Programs program = Programs.start(folder, "tunnel-server", environment, "--port", "0");
        programs.add(program);
        int port = program.port();
        Revision revision = new Revision("server " + (all.size() + 1), port, program);
        all.add(revision);
        return revision;
    }

    private Revision replace() throws IOException, InterruptedException {
        Revision old = current;
        current = start();
        frontEnd.route(current);
        return old;
    }

    /** SIGTERM for the old process at once; it serves until the new one listens. */
    void deployAndTerminate() throws IOException, InterruptedException {
        end(current);
        Revision ignored = replace();
    }

    /** The old process lives on as long as it has a request, a link among them. */
    void deployAndKeep() throws IOException, InterruptedException {
        Revision old = replace();
        Thread.ofVirtual().name("old-revision").start(() -> endOnceIdle(old));
    }

    private void endOnceIdle(Revision old) {
        try {
            old.awaitIdle();
            end(old);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, and SIGKILL in time. */
    private static void end(Revision old) {
        old.program().terminate();
        Thread.ofVirtual()
                .name("sigkill")
                .start(() -> {
                    if (!old.program().hasExited(TO_LIVE_SECONDS, TimeUnit.SECONDS)) {
                        old.killed();
                        old.program().kill();
                    }
                });
    }

    /** SIGKILL without warning; the platform starts another one, whose life so far it returns. */
    Revision kill() throws IOException, InterruptedException {
        current.killed();
        current.program().kill();
        Revision ignored = replace();
        return current;
    }

    /** What all processes logged. */
    String output() {
        StringBuilder text = new StringBuilder();
        for (Revision each : all) {
            text.append("---- ").append(each).append('\n').append(each.program().output());
        }
        return text.toString();
    }

    @Override
    public void close() {
        programs.forEach(Programs::close);
    }
}
