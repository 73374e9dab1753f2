package io.cloudtunnel.program;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options of both programs about what operators see, and what becomes of them. */
public final class ObserveOptions {

    static final Option LOG_QUERY =
            Option.flag("log-query", "LOG_QUERY", "Log queries, too, which may hold secrets.")
                    .otherwise("false");
    static final Option PROJECT =
            Option.of(
                            "google-cloud-project",
                            "GOOGLE_CLOUD_PROJECT",
                            "ID",
                            "The project of traces in the JSON log.")
                    .withoutFlag();
    static final Option ADMIN_PORT =
            Option.of(
                    "admin-port",
                    "ADMIN_PORT",
                    "N",
                    "Port of the admin listener, which has metrics and status page; 0 for any free"
                            + " one.");
    static final Option ADMIN_HOST =
            Option.of(
                            "admin-host",
                            "ADMIN_HOST",
                            "ADDRESS",
                            "Its address. Any that is not loopback needs ADMIN_TOKEN.")
                    .otherwiseAs("127.0.0.1");
    static final Option ADMIN_TOKEN =
            Option.secret(
                    "admin-token",
                    "ADMIN_TOKEN",
                    "TOKEN",
                    "What the admin listener wants as Authorization: Bearer.");
    static final Option METRICS_TUNNELS =
            Option.of(
                            "metrics-tunnels",
                            "METRICS_TUNNELS",
                            "N",
                            "Tunnels with metrics of their own, others share them; up to 10,000.")
                    .otherwise("100");

    /** Those of an agent. */
    public static final List<Option> OF_AGENT =
            Stream.concat(
                            Stream.of(LOG_QUERY, PROJECT, ADMIN_PORT, ADMIN_HOST, ADMIN_TOKEN),
                            TraceOptions.ALL.stream())
                    .toList();

    /** Those of a server. */
    public static final List<Option> OF_SERVER =
            Stream.concat(OF_AGENT.stream(), Stream.of(METRICS_TUNNELS)).toList();

    private ObserveOptions() {}

    /** What the settings of a server say. */
    public static Observation ofServer(Settings settings) {
        return ofAgent(settings)
                .withMetricsTunnels(
                        settings.integer(
                                METRICS_TUNNELS,
                                Observation.DEFAULT.metricsTunnels(),
                                0,
                                Observation.MOST_TUNNELS));
    }

    /** What the settings of an agent say. */
    public static Observation ofAgent(Settings settings) {
        Observation all =
                Observation.DEFAULT.withQueries(
                        settings.flag(LOG_QUERY, Observation.DEFAULT.logsQuery()));
        String project = settings.text(PROJECT);
        if (project != null) {
            all = all.withTraceProject(project);
        }
        Tracing tracing = TraceOptions.of(settings);
        if (tracing != null) {
            all = all.withTracing(tracing);
        }
        Admin admin = admin(settings);
        return admin == null ? all : all.withAdmin(admin);
    }

    private static @Nullable Admin admin(Settings settings) {
        String host = settings.text(ADMIN_HOST);
        String token = settings.text(ADMIN_TOKEN);
        if (settings.text(ADMIN_PORT) == null) {
            if (host != null || token != null) {
                throw new SettingException(
                        (host != null ? "ADMIN_HOST" : "ADMIN_TOKEN")
                                + " is for the admin listener, which there is only with"
                                + " ADMIN_PORT");
            }
            return null;
        }
        int port = settings.integer(ADMIN_PORT, 0, 0, 65535);
        try {
            return new Admin(host == null ? Admin.LOOPBACK : host, port, token);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }
}
