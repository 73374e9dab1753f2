package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Balancer;
import io.cloudtunnel.it.Programs;
import io.cloudtunnel.it.RawService;
import io.cloudtunnel.it.Waiting;
import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Three instances, agents whose links all lead to one of them, and a client that asks any. One
 * thread changes it; the client's {@link Client.Route} is safe for use by several.
 */
final class Crowd implements AutoCloseable {

    private static final int FIRST = 3;

    /** With all processes on two processors it has to be over within 8 s, which SIGTERM leaves. */
    private static final long DOWNLOAD = 8L << 20;

    private final Path folder;
    private final Joint joint;
    private final Application application = new Application();
    private final Ledger ledger = new Ledger();
    private final RawService local;
    private final Balancer front;
    private final Agents agents;
    private final Queue<Programs> starting = new ArrayDeque<>(); // two at most, and the first three
    private final List<Service.Revision> all = new ArrayList<>(); // a few for each round
    private volatile List<Service.Revision> asked = List.of(); // first the owner
    private Client client;

    private Crowd(Path folder, Joint joint, String mode) throws IOException {
        this.folder = folder;
        this.joint = joint;
        local = new RawService(application);
        front = new Balancer(List.of());
        agents = new Agents(folder, front.url(), local.port(), mode);
    }

    /** Starts it, and waits until all of it is there. */
    static Crowd start(Path folder, Joint joint, String mode, int agents)
            throws IOException, InterruptedException {
        Crowd crowd = new Crowd(folder, joint, mode);
        try {
            for (int i = 0; i < FIRST; i++) {
                crowd.launch();
            }
            for (int i = 0; i < FIRST; i++) {
                crowd.join();
            }
            crowd.toOwner();
            crowd.agents.begin(agents);
            crowd.client =
                    new Client(
                            crowd::route, URI.create(crowd.agents.publicUrl()).getPath(), DOWNLOAD);
            return crowd;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            crowd.close();
            throw e;
        }
    }

    private int route(long number) {
        List<Service.Revision> now = asked;
        Service.Revision to = now.get(ThreadLocalRandom.current().nextInt(now.size()));
        ledger.passed(number, to);
        return to.port();
    }

    private void toOwner() {
        front.to(List.of(asked.getFirst().port()));
    }

    /** One more starts. */
    void launch() throws IOException {
        Map<String, String> environment = new HashMap<>(joint.environment());
        environment.put("JAVA_TOOL_OPTIONS", Agents.SMALL_JVM);
        environment.put("TUNNEL_KEY", "fedcba9876543210fedcba9876543210");
        environment.put("API_KEYS", "tests:" + Service.API_KEY);
        environment.put("PUBLIC_BASE_URL", front.url());
        starting.add(Programs.start(folder, "tunnel-server", environment, "--port", "0"));
    }

    /** Waits until the next one that starts says that it is ready; from now on it is asked. */
    void join() throws InterruptedException {
        Programs program = starting.element();
        String name = "instance " + (all.size() + 1);
        Service.Revision started = new Service.Revision(name, program.port(), program);
        Waiting.until(20, started + " is ready", () -> isReady(started));
        all.add(started);
        starting.remove();
        List<Service.Revision> now = new ArrayList<>(asked);
        now.add(started);
        asked = List.copyOf(now);
    }

    private static boolean isReady(Instance instance) {
        try (Wire wire = Wire.to(instance.port())) {
            wire.head("GET /health/ready HTTP/1.1", "Host: localhost");
            return wire.readAnswer().status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** All of them can reach what joins them. */
    boolean isReady() {
        return asked.stream().allMatch(Crowd::isReady);
    }

    /** The instance to which agents are led. */
    Service.Revision owner() {
        return asked.getFirst();
    }

    /** Agents are led to the next one, and the owner is asked no more; which one that was. */
    private Service.Revision leave() {
        Service.Revision old = owner();
        asked = asked.subList(1, asked.size());
        toOwner();
        return old;
    }

    /** SIGKILL of the owner; it has ended when this returns. */
    Service.Revision kill() throws InterruptedException {
        Service.Revision old = leave();
        old.killed();
        old.program().kill();
        int ignored = old.program().awaitExit();
        return old;
    }

    /** SIGTERM of the owner. */
    Service.Revision terminate() {
        Service.Revision old = leave();
        old.program().terminate();
        return old;
    }

    Joint joint() {
        return joint;
    }

    Client client() {
        return client;
    }

    Ledger ledger() {
        return ledger;
    }

    Application application() {
        return application;
    }

    /** What the programs said, for who looks for a cause. */
    String output() {
        StringBuilder text = new StringBuilder();
        for (Service.Revision each : all) {
            text.append("---- ").append(each).append(" at ").append(each.port()).append('\n');
            text.append(each.program().output()).append('\n');
        }
        return text + agents.output();
    }

    @Override
    public void close() throws IOException {
        agents.close();
        starting.forEach(Programs::close);
        all.forEach(each -> each.program().close());
        front.close();
        local.close();
        joint.close();
    }
}
