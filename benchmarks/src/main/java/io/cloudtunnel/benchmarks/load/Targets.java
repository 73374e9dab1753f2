package io.cloudtunnel.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts the ways to the local service, each as processes of its own on loopback.
 *
 * @param folder for logs and credentials
 * @param server the packaged server, empty for the one on the class path
 * @param agent the packaged agent, empty for the one on the class path
 * @param jvmOptions of server and agent, separated by blanks
 */
record Targets(Path folder, String server, String agent, String jvmOptions) {

    private static final Pattern TUNNEL = Pattern.compile("/pub/[A-Za-z0-9]+");
    private static final String OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String SAMPLER = "OTEL_TRACES_SAMPLER";
    private static final String SAMPLER_ARG = "OTEL_TRACES_SAMPLER_ARG";
    private static final String RATIO = "parentbased_traceidratio";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ATTEMPTS = 300;
    private static final long PAUSE_MILLIS = 100;

    /** The local service itself; the process is not part of any way. */
    Target service() throws IOException, InterruptedException {
        int port = Programs.freePort();
        Child child =
                Child.start(
                        folder.resolve("service.log"),
                        Programs.own(LocalService.class, Integer.toString(port)));
        return ready(new Target("service", port, "", List.of(child)));
    }

    /** A plain proxy; null where nginx is not installed. */
    @Nullable Target nginx(int local) throws IOException, InterruptedException {
        Path nginx = Programs.find("nginx");
        if (nginx == null) {
            return null;
        }
        int port = Programs.freePort();
        Path config = folder.resolve("nginx.conf");
        try (InputStream template =
                Objects.requireNonNull(Targets.class.getResourceAsStream("nginx.conf"))) {
            Files.writeString(
                    config,
                    new String(template.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("@FOLDER@", folder.toString())
                            .replace("@PORT@", Integer.toString(port))
                            .replace("@LOCAL@", Integer.toString(local)));
        }
        Child child =
                Child.start(
                        folder.resolve("nginx.log"),
                        List.of(
                                nginx.toString(),
                                "-p",
                                folder.toString(),
                                "-c",
                                config.toString()));
        return ready(new Target("nginx", port, "", List.of(child)));
    }

    /** Ours, as the packaged programs. */
    Target ours(int local) throws IOException, InterruptedException {
        return ours("ours", local, port -> port);
    }

    /** Ours, with signed links. */
    Target signed(int local) throws IOException, InterruptedException {
        return ours("signed", local, port -> port, "--signed", "required");
    }

    /**
     * Ours, with what operators may switch on: signed links, metrics of both halves, a log as JSON,
     * a policy that lets the client in, limits that it does not reach, and perhaps spans of a tenth
     * of the requests.
     */
    Target everything(String name, int local, boolean traced)
            throws IOException, InterruptedException {
        List<String> environment =
                new ArrayList<>(
                        List.of(
                                "SIGNED", "required",
                                "ADMIN_PORT", Integer.toString(Programs.freePort()),
                                "LOG_FORMAT", "json",
                                "ACCESS_ALLOW", "127.0.0.0/8,::1",
                                "LIMIT_TUNNEL_RPS", "1000000",
                                "LIMIT_CLIENT_RPS", "1000000",
                                "LIMIT_CLIENT_CONCURRENT", "100000"));
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "--signed", "required",
                                "--admin-port", Integer.toString(Programs.freePort()),
                                "--log-format", "json"));
        if (traced) {
            environment.addAll(List.of(OTLP, receiver(local), SAMPLER, RATIO, SAMPLER_ARG, "0.1"));
            String more = "otel-traces-sampler: " + RATIO + "\notel-traces-sampler-arg: 0.1\n";
            options.addAll(List.of("--config", tracing("sampled", local, more).toString()));
        }
        return ours(
                name,
                local,
                port -> port,
                environment.toArray(String[]::new),
                options.toArray(String[]::new));
    }

    /** Ours, with spans of all requests, which the local service takes as well. */
    Target traced(int local) throws IOException, InterruptedException {
        String[] environment = {OTLP, receiver(local)};
        String config = tracing("traced", local, "").toString();
        return ours("traced", local, port -> port, environment, "--config", config);
    }

    private static String receiver(int local) {
        return "http://" + LOOPBACK + ":" + local;
    }

    /** The agent has no environment of its own. */
    private Path tracing(String name, int local, String more) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                "otel-exporter-otlp-endpoint: " + receiver(local) + "\n" + more);
    }

    /** Where the agent finds a server. */
    interface Between {
        /** Leads to the given port of the server. */
        int port(int serverPort) throws IOException;
    }

    /** Ours, with something between agent and server; the public side goes round it. */
    Target ours(String name, int local, Between between, String... agentOptions)
            throws IOException, InterruptedException {
        return ours(name, local, between, new String[0], agentOptions);
    }

    private Target ours(
            String name,
            int local,
            Between between,
            String[] serverEnvironment,
            String... agentOptions)
            throws IOException, InterruptedException {
        int port = Programs.freePort();
        String file = name.replaceAll("\\W", "");
        Child serverChild =
                Child.start(
                        folder.resolve(file + "-server.log"),
                        program(server, "io.cloudtunnel.server.Main"),
                        and(
                                serverEnvironment,
                                "PORT",
                                Integer.toString(port),
                                "REGISTRATION",
                                "open"));
        ready(new Target(name, port, "/health/live?", List.of(serverChild)));
        Child agentChild = agent(file, between.port(port), local, agentOptions);
        return ready(new Target(name, port, tunnel(agentChild), List.of(serverChild, agentChild)));
    }

    private static String[] and(String[] some, String... more) {
        return Stream.of(some, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** Ours, with Helidon's routing instead of our own connection at the public side. */
    Target routing(int local) throws IOException, InterruptedException {
        int agents = Programs.freePort();
        int port = Programs.freePort();
        Child serverChild =
                Child.start(
                        folder.resolve("routing-server.log"),
                        Programs.own(
                                RoutingMain.class,
                                Integer.toString(agents),
                                Integer.toString(port)));
        ready(new Target("routing", port, "/health/live?", List.of(serverChild)));
        Child agentChild = agent("routing", agents, local);
        return ready(
                new Target("routing", port, tunnel(agentChild), List.of(serverChild, agentChild)));
    }

    /**
     * Two instances that Redis joins, or NATS beside it: the agent is at one of them, the other one
     * is asked. With the packaged programs only, since the class path has no client of Redis.
     *
     * @return null where a broker is not installed
     */
    @Nullable Target relayed(String name, int local, boolean nats)
            throws IOException, InterruptedException {
        if (server.isEmpty() || agent.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " takes the packaged programs: -Dload.server=FILE.jar -Dload.agent=...");
        }
        Path redis = Programs.find("redis-server");
        Path natsServer = Programs.find("nats-server");
        if (redis == null || (nats && natsServer == null)) {
            return null;
        }
        List<Child> all = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        String redisPort = Integer.toString(Programs.freePort());
        List<String> redisCommand =
                List.of(redis.toString(), "--port", redisPort, "--save", "", "--bind", LOOPBACK);
        all.add(Child.start(folder.resolve(name + "-redis.log"), redisCommand));
        settings.addAll(List.of("REDIS_URL", "redis://" + LOOPBACK + ":" + redisPort));
        if (nats) {
            String natsPort = Integer.toString(Programs.freePort());
            List<String> command =
                    List.of(String.valueOf(natsServer), "-a", LOOPBACK, "-p", natsPort);
            all.add(Child.start(folder.resolve(name + "-nats.log"), command));
            settings.addAll(List.of("NATS_URL", "nats://" + LOOPBACK + ":" + natsPort));
        }
        settings.addAll(List.of("TUNNEL_KEY", "k:" + "0123456789abcdef".repeat(2)));
        List<Child> brokers = List.copyOf(all);
        int owner = instance(name + "-owner", settings, all);
        int asked = instance(name + "-asked", settings, all);
        Child agentChild = agent(name, owner, local);
        all.add(agentChild);
        return ready(new Target(name, asked, tunnel(agentChild), all, brokers));
    }

    private int instance(String file, List<String> settings, List<Child> all)
            throws IOException, InterruptedException {
        int port = Programs.freePort();
        List<String> environment = new ArrayList<>(settings);
        environment.addAll(List.of("PORT", Integer.toString(port), "REGISTRATION", "open"));
        Child child =
                Child.start(
                        folder.resolve(file + ".log"),
                        program(server, "io.cloudtunnel.server.Main"),
                        environment.toArray(String[]::new));
        all.add(child);
        ready(new Target(file, port, "/health/live?", List.of(child)));
        return port;
    }

    private Child agent(String file, int server, int local, String... options) throws IOException {
        List<String> command =
                program(
                        agent,
                        "io.cloudtunnel.agent.Main",
                        "--server",
                        "http://127.0.0.1:" + server,
                        "--local",
                        Integer.toString(local),
                        "--credentials",
                        folder.resolve(file + "-credentials.json").toString());
        command.addAll(List.of(options));
        return Child.start(folder.resolve(file + "-agent.log"), command);
    }

    private List<String> program(String jar, String main, String... arguments) {
        List<String> command = Programs.java(jvmOptions);
        command.addAll(
                jar.isEmpty()
                        ? List.of("-cp", System.getProperty("java.class.path"), main)
                        : List.of("-jar", jar));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String tunnel(Child agent) throws IOException, InterruptedException {
        for (int i = 0; i < ATTEMPTS && agent.isAlive(); i++) {
            Matcher matcher = TUNNEL.matcher(agent.output());
            if (matcher.find()) {
                return matcher.group();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        throw new IOException("the agent names no public URL: " + agent.output());
    }

    /** The rival: cranker's router and connector, in one JVM. */
    Target cranker(int local) throws IOException, InterruptedException {
        int port = Programs.freePort();
        Child child =
                Child.start(
                        folder.resolve("cranker.log"),
                        Programs.own(
                                CrankerMain.class,
                                Integer.toString(port),
                                Integer.toString(Programs.freePort()),
                                Integer.toString(local)));
        return ready(new Target("cranker", port, "", List.of(child)));
    }

    /** Waits until a small request succeeds. */
    private static Target ready(Target target) throws IOException, InterruptedException {
        Exception last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            if (!target.processes().stream().allMatch(Child::isAlive)) {
                break;
            }
            try (Client client = target.connect()) {
                client.small();
                return target;
            } catch (IOException | UncheckedIOException e) {
                last = e;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
        String output = target.processes().getLast().output();
        target.close();
        throw new IOException(target.name() + " does not answer: " + output, last);
    }
}
