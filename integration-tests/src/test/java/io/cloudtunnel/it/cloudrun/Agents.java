package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged agents of one tunnel: the first registers, the others get its identity by {@code
 * TUNNEL_ID} and {@code TUNNEL_SECRET}. For one thread.
 */
final class Agents implements AutoCloseable {

    /** Several programs share two processors here, and start all the time. */
    static final String SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private final Path folder;
    private final String server;
    private final int localPort;
    private final String mode;
    private final List<Programs> running = new ArrayList<>();
    private final List<Programs> ended = new ArrayList<>();
    private String publicUrl;
    private String id;
    private String secret;

    /** No agent yet. */
    Agents(Path folder, String server, int localPort, String mode) {
        this.folder = folder;
        this.server = server;
        this.localPort = localPort;
        this.mode = mode;
    }

    /** Starts so many, and waits until each has a link. */
    void begin(int count) throws IOException, InterruptedException {
        Path credentials = folder.resolve("credentials.json");
        Programs first =
                start(
                        Map.of(
                                "TUNNEL_API_KEY",
                                Service.API_KEY,
                                "TUNNEL_CREDENTIALS",
                                credentials.toString()));
        running.add(first);
        publicUrl = url(first);
        String kept = Files.readString(credentials);
        id = member(kept, "id");
        secret = member(kept, "secret");
        for (int i = 1; i < count; i++) {
            running.add(startOther());
            String ignored = url(running.get(i));
        }
    }

    private static String member(String json, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"]+)\"").matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("no " + name + " among the kept credentials");
        }
        return matcher.group(1);
    }

    private Programs startOther() throws IOException {
        return start(Map.of("TUNNEL_ID", id, "TUNNEL_SECRET", secret));
    }

    private Programs start(Map<String, String> identity) throws IOException {
        Map<String, String> environment = new HashMap<>(identity);
        environment.put("JAVA_TOOL_OPTIONS", SMALL_JVM);
        return Programs.start(
                folder,
                "tunnel-agent",
                environment,
                "--server",
                server,
                "--local",
                Integer.toString(localPort),
                "--mode",
                mode,
                "--links",
                "2");
    }

    private String url(Programs agent) throws InterruptedException {
        return agent.await("URL", line -> line.startsWith(server));
    }

    /** Where the public finds the tunnel. */
    String publicUrl() {
        return publicUrl;
    }

    String id() {
        return id;
    }

    String secret() {
        return secret;
    }

    /**
     * SIGTERM for the one that has been there for longest; when it has gone, another one starts.
     */
    void restart() throws IOException, InterruptedException {
        Programs old = running.removeFirst();
        ended.add(old);
        old.terminate();
        int ignored = old.awaitExit();
        running.add(startOther());
    }

    /** SIGKILL for the one that has been there for longest. */
    void kill() {
        Programs old = running.removeFirst();
        ended.add(old);
        old.kill();
    }

    /** What all of them printed. */
    String output() {
        StringBuilder text = new StringBuilder();
        for (List<Programs> each : List.of(ended, running)) {
            for (Programs agent : each) {
                text.append("---- agent\n").append(agent.output()).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        running.forEach(Programs::close);
        ended.forEach(Programs::close);
    }
}
