package io.cloudtunnel.agent;

import io.cloudtunnel.program.Configuration;
import io.cloudtunnel.program.Logs;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.ObserveOptions;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;

/** The agent as a program. */
public final class Main {

    /** Exit status where the server refuses the agent for good. */
    private static final int FAILED = 1;

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

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
                        .groups(AgentOptions.TUNNELS)
                        .warnsOf(AgentOptions::isSuspect)
                        .check(Main::check);
        return program.runWhole(args, environment, all -> run(all, environment));
    }

    /** What is of the program, and not of one tunnel. */
    private record Whole(Logs.Format log, MemoryBudget budget, Observation observation) {
        static Whole of(Settings settings, Map<String, String> environment) {
            String format = settings.word(AgentOptions.LOG_FORMAT, "text", "json");
            boolean json =
                    format == null ? environment.containsKey("K_SERVICE") : format.equals("json");
            return new Whole(
                    json ? Logs.Format.JSON : Logs.Format.TEXT,
                    AgentOptions.budget(settings),
                    ObserveOptions.ofAgent(settings));
        }
    }

    /**
     * Looks at all values.
     *
     * @throws SettingException if one is wrong
     */
    static void check(Configuration all) {
        Whole ignored = Whole.of(all.settings(), Map.of());
        Map<String, TunnelPlan> plans = TunnelPlan.of(all);
        for (TunnelPlan plan : plans.values()) {
            AgentOptions.require(plan.settings());
            AgentOptions.apply(plan.settings(), TunnelAgent.builder());
        }
        Inspection.check(all.settings(), plans.values());
    }

    private static int run(Configuration all, Map<String, String> environment)
            throws InterruptedException {
        check(all);
        Whole whole = Whole.of(all.settings(), environment);
        MemoryBudget budget = whole.budget();
        Logs.setUp(whole.log());
        try (Observatory observatory = Observatory.of(whole.observation())) {
            observatory.watch(budget);
            Tunnels tunnels =
                    new Tunnels((plan, atEnd) -> {
                        String name = plan.name();
                        TunnelAgentBuilder builder =
                                TunnelAgent.builder()
                                        .environment(environment)
                                        .listener(new Printer(System.out, System.err, name, atEnd))
                                        .among(
                                                new Company(
                                                        name,
                                                        budget,
                                                        () -> observatory.ofTunnel(name)));
                        AgentOptions.apply(plan.settings(), builder);
                        return builder;
                    });
            Thread atEnd = new Thread(() -> end(tunnels, observatory), "tunnel-agent-shutdown");
            Runtime.getRuntime().addShutdownHook(atEnd);
            Rereader rereader = new Rereader(tunnels, all);
            if (all.file() != null) { // else there is nothing to read, and SIGHUP ends us
                boolean ignored = Hangup.runs(rereader::tell);
            }
            observatory.start();
            tunnels.become(TunnelPlan.of(all));
            rereader.begin();
            return await(tunnels);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** The observatory last: it sends what it has of the last requests. */
    private static void end(Tunnels tunnels, Observatory observatory) {
        try (observatory;
                tunnels) {
            LOGGER.log(Level.DEBUG, "the agent ends");
        }
    }

    private static int await(Tunnels tunnels) throws InterruptedException {
        try (tunnels) {
            Map<String, String> failures = tunnels.awaitEnd();
            Logs.flush();
            failures.forEach((name, why) ->
                    System.err.println(
                            "tunnel-agent: "
                                    + (name.isEmpty() ? "" : "tunnel '" + name + "': ")
                                    + why));
            return failures.isEmpty() ? 0 : FAILED;
        }
    }
}
