package io.cloudtunnel.examples;

import io.cloudtunnel.agent.AgentListener;
import io.cloudtunnel.agent.AgentState;
import io.cloudtunnel.agent.LocalCall;
import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.protocol.frame.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A program with an agent within, whose local service is a method: it listens on no port. */
public final class EmbeddedAgent implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";

    private final TunnelAgent agent;

    /**
     * Starts it.
     *
     * @param server the server's URL
     * @param credentials the file that keeps the public URL
     * @param listener is told what happens
     */
    public EmbeddedAgent(String server, Path credentials, AgentListener listener)
            throws IOException {
        agent =
                TunnelAgent.builder()
                        .server(server)
                        .credentialsFile(credentials)
                        .local(EmbeddedAgent::answer)
                        .listener(listener)
                        .start();
    }

    private static void answer(LocalCall call) throws IOException {
        switch (call.head().path()) {
            case "/hello" -> call.answer(200, TEXT, utf8("Hello from within.\n"));
            case "/echo" -> {
                OutputStream out = call.answer(200, Fields.of("Content-Type", TEXT));
                try (InputStream in = call.body()) {
                    in.transferTo(out); // piece by piece, while the client still sends
                }
            }
            default -> call.answer(404, TEXT, utf8("There is /hello and /echo.\n"));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The agent, for what else there is to ask. */
    public TunnelAgent agent() {
        return agent;
    }

    @Override
    public void close() {
        agent.close();
    }

    /** Says what happens. */
    static final class Printer implements AgentListener {
        @Override
        public void stateChanged(AgentState state, String detail) {
            System.out.println(state + " " + detail);
        }

        @Override
        public void publicUrl(String url) {
            System.out.println("reach it at " + url + "/hello");
        }
    }

    /** Runs until it is stopped, or gives up. */
    public static void main(String[] args) throws Exception {
        String server = args.length > 0 ? args[0] : "http://localhost:8080";
        Path credentials = Path.of("embedded-agent.json");
        try (EmbeddedAgent program = new EmbeddedAgent(server, credentials, new Printer())) {
            if (!program.agent().awaitConnected(Duration.ofSeconds(30))) {
                System.out.println("not connected yet; it keeps trying");
            }
            System.out.println("the end: " + program.agent().awaitEnd());
        }
    }
}
