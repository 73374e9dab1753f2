package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.RawService;
import io.cloudtunnel.it.Waiting;
import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** All that takes part: front end, server, agents, local service, and a client of the tunnel. */
final class Scene implements AutoCloseable {

    /** After which the front end cuts a request, and so a link. */
    static final Duration CUT = Duration.ofSeconds(15);

    static final int LINKS = 2; // of each agent

    private final Application application = new Application();
    private final RawService local;
    private final FrontEnd frontEnd;
    private final Service service;
    private final Agents agents;
    private Client client;

    private Scene(Path folder, String mode) throws IOException {
        local = new RawService(application);
        frontEnd = new FrontEnd(CUT);
        service = new Service(folder, frontEnd, CUT);
        agents = new Agents(folder, frontEnd.url(), local.port(), mode);
    }

    /** Starts so many agents, and waits until all links are there. */
    static Scene start(Path folder, String mode, int count)
            throws IOException, InterruptedException {
        Scene scene = new Scene(folder, mode);
        try {
            scene.begin(count);
            scene.awaitLinks(mode.equals("json") ? 1 : count * LINKS);
            return scene;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            scene.close();
            throw e;
        }
    }

    private void begin(int count) throws IOException, InterruptedException {
        service.begin();
        agents.begin(count);
        client = new Client(frontEnd.port(), URI.create(agents.publicUrl()).getRawPath());
    }

    /** Waits until the process that serves has so many links of the tunnel. */
    void awaitLinks(int count) throws InterruptedException {
        Waiting.until(20, count + " links", () -> links() >= count);
    }

    /** How many links of the tunnel the process has that serves now. */
    int links() {
        try {
            Wire.Head answer = client.probe(agents.id(), agents.secret());
            return Integer.parseInt(answer.first("Cloudtunnel-Links"));
        } catch (IOException | NumberFormatException e) {
            return 0; // no answer, or another one
        }
    }

    Application application() {
        return application;
    }

    Ledger ledger() {
        return frontEnd.ledger();
    }

    Service service() {
        return service;
    }

    Agents agents() {
        return agents;
    }

    Client client() {
        return client;
    }

    /** What the programs said, for who looks for a cause. */
    String output() {
        return service.output() + '\n' + agents.output();
    }

    @Override
    public void close() throws IOException {
        agents.close();
        service.close();
        frontEnd.close();
        local.close();
    }
}
