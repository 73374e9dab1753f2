package io.cloudtunnel.agent;

import io.cloudtunnel.program.Logs;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.io.IOException;
import java.util.Map;

/** The agent as a program. */
public final class Main {

    /** Exit status where the server refuses the agent for good. */
    private static final int FAILED = 1;

    private Main() {}

    /** Runs until a signal, or until the server refuses; exit status 2 for wrong options. */
    public static void main(String[] args) {
        System.exit(run(args, System.getenv()));
    }

    static int run(String[] args, Map<String, String> environment) {
        if (args.length == 1 && args[0].equals(HashPassword.COMMAND)) {
            return HashPassword.run(System.in);
        }
        Program program =
                new Program(
                                "tunnel-agent",
                                AgentOptions.ALL,
                                "Gives a local HTTP service a public URL, through a tunnel server.",
                                "Prints that URL as one plain line of its own.",
                                "With the single argument hash-password it asks for a password, and"
                                        + " prints what a policy has for it.")
                        .warnsOf(AgentOptions::isSuspect)
                        .check(all -> AgentOptions.apply(all.settings(), TunnelAgent.builder()));
        return program.run(args, environment, settings -> run(settings, environment));
    }

    private static int run(Settings settings, Map<String, String> environment)
            throws InterruptedException {
        String format = settings.word(AgentOptions.LOG_FORMAT, "text", "json");
        boolean json =
                format == null ? environment.containsKey("K_SERVICE") : format.equals("json");
        TunnelAgentBuilder builder =
                TunnelAgent.builder()
                        .environment(environment)
                        .listener(new Printer(System.out, System.err));
        AgentOptions.apply(settings, builder);
        Logs.setUp(json ? Logs.Format.JSON : Logs.Format.TEXT);
        try (TunnelAgent agent = builder.start()) {
            Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "tunnel-agent-stop"));
            return agent.awaitEnd() == AgentState.FAILED ? failed(agent) : 0;
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private static int failed(TunnelAgent agent) {
        Logs.flush();
        System.err.println("tunnel-agent: " + agent.failure());
        return FAILED;
    }
}
