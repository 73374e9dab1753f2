package io.cloudtunnel.server;

import io.cloudtunnel.program.Logs;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The server as a program. */
public final class Main {

    /** Whoever sends requests may need so long to learn that another process takes them. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private Main() {}

    /** Runs until it is told to stop; exits with status 2 where an option is wrong. */
    public static void main(String[] args) {
        Program program =
                new Program(
                                "tunnel-server",
                                ServerOptions.ALL,
                                "Gives private HTTP services public URLs, under /pub/{id}/.",
                                "",
                                "Each option may also be given in the environment, in"
                                        + " application.yaml, or as a system property.")
                        .check(all -> TunnelServer.builder().settings(all.settings()));
        Map<String, String> environment = System.getenv();
        int status = program.run(args, environment, settings -> serve(settings, environment));
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int serve(Settings settings, Map<String, String> environment)
            throws InterruptedException {
        @Nullable String service = environment.get("K_SERVICE");
        String format = settings.word(ServerOptions.LOG_FORMAT, "text", "json");
        boolean json = format == null ? service != null : format.equals("json");
        Logs.setUp(json ? Logs.Format.JSON : Logs.Format.TEXT);

        TunnelServer server = build(settings, service);
        tellAboutKey(settings, service);
        return run(server);
    }

    private static TunnelServer build(Settings settings, @Nullable String service) {
        TunnelServerBuilder builder = TunnelServer.builder();
        if (service != null) {
            builder.cloudRunService(service);
        }
        try {
            return builder.settings(settings).build();
        } catch (IllegalArgumentException e) { // such as a key that cannot be made
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** Ends with status 1 where nobody can reach it any more: whoever supervises it helps. */
    static int run(TunnelServer server) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean deaf = new AtomicBoolean();
        try {
            server.start();
        } catch (IllegalStateException e) {
            Logs.flush();
            System.err.println("tunnel-server: " + e.getMessage());
            return 1;
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    server.leave(QUIET);
                                    stopped.countDown();
                                },
                                "tunnel-server-shutdown"));
        server.deaf()
                .thenRun(() -> {
                    deaf.set(true);
                    stopped.countDown();
                });
        stopped.await();
        return deaf.get() ? 1 : 0;
    }

    private static void tellAboutKey(Settings settings, @Nullable String service) {
        if (settings.text(ServerOptions.TUNNEL_KEY) != null) {
            return;
        }
        Logger logger = System.getLogger(Main.class.getName());
        String folder = settings.text(ServerOptions.DATA_DIR);
        if (folder != null) {
            if (settings.text(ServerOptions.REDIS_URL) != null) {
                logger.log(
                        Level.INFO,
                        "servers that share a Redis need the same key: give the others the one in"
                                + " {0} as TUNNEL_KEY",
                        folder);
            }
            return;
        }
        logger.log(
                service == null ? Level.INFO : Level.WARNING,
                "TUNNEL_KEY is not set: all tunnels get new URLs when this server restarts"
                        + (service == null
                                ? ". Set DATA_DIR to a folder that stays, or TUNNEL_KEY to the"
                                        + " output of: openssl rand -hex 32"
                                : ", which on Cloud Run is at each deploy, at each new instance,"
                                        + " and whenever the platform likes; two instances do not"
                                        + " know each other's tunnels. Set it to the output of:"
                                        + " openssl rand -hex 32"));
    }
}
