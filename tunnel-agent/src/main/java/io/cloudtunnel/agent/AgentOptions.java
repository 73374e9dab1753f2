package io.cloudtunnel.agent;

import io.cloudtunnel.program.Groups;
import io.cloudtunnel.program.ObserveOptions;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The agent's options: one row each, and what becomes of them. */
final class AgentOptions {

    static final int LARGEST_JSON_BODY = 512 * 1024 * 1024;

    /** Of different ages: while one rolls over, or is lost, the other one serves. */
    static final int DEFAULT_LINKS = 2;

    static final int MOST_LINKS = 16;

    private static final int LARGEST_SECRET_FILE = 16 * 1024;

    static final Option SERVER =
            Option.of("server", "TUNNEL_SERVER", "URL", "The tunnel server.")
                    .otherwiseAs("none: it is required");
    static final Option LOCAL =
            Option.of(
                            "local",
                            "TUNNEL_LOCAL",
                            "URL|PORT",
                            "The local service: http or https, or a port of this machine.")
                    .otherwiseAs("none: it is required");
    static final Option API_KEY =
            Option.secret(
                    "api-key",
                    "TUNNEL_API_KEY",
                    "KEY",
                    "For registering, where the server asks for a key.");
    static final Option CREDENTIALS =
            Option.of(
                            "credentials",
                            "TUNNEL_CREDENTIALS",
                            "FILE",
                            "Keeps the credentials, so that the public URL survives a "
                                    + "restart.")
                    .otherwiseAs("~/.config/cloudtunnel/credentials.json");
    static final Option ID =
            Option.of(
                    "id",
                    "TUNNEL_ID",
                    "ID",
                    "The tunnel's id; with its secret, wins over the file.");
    static final Option SECRET =
            Option.secret("secret", "TUNNEL_SECRET", "SECRET", "The secret of --id.").withoutFlag();
    static final Option SECRET_FILE =
            Option.of(
                    "secret-file",
                    "TUNNEL_SECRET_FILE",
                    "FILE",
                    "Holds the secret of --id; or give the secret itself as TUNNEL_SECRET.");
    static final Option ROTATE_EVERY =
            Option.of(
                            "rotate-every",
                            "TUNNEL_ROTATE_EVERY",
                            "DURATION",
                            "Has the secret replaced when it is so old, from 1m.")
                    .otherwiseAs("never");
    static final Option NAME =
            Option.of(
                    "name",
                    "TUNNEL_NAME",
                    "NAME",
                    "Asks for this name as the tunnel's id; also tells the tunnels of one server"
                            + " apart in the credentials' file.");
    static final Option HOST =
            Option.of(
                            "host",
                            "TUNNEL_HOST",
                            "local|public|NAME",
                            "The Host that the local service gets: its own, the one that "
                                    + "the public asked for, or a name.")
                    .otherwise("local");
    static final Option MODE =
            Option.of("mode", "TUNNEL_MODE", "auto|binary|json", "The wire mode.")
                    .otherwise("auto");
    static final Option SIGNED =
            Option.of(
                            "signed",
                            "TUNNEL_SIGNED",
                            "required|auto|off",
                            "Signed links, against whoever ends TLS in between.")
                    .otherwise("off");
    static final Option LINKS =
            Option.of(
                            "links",
                            "TUNNEL_LINKS",
                            "N",
                            "Links to the server, up to 16; JSON mode has one whatever is "
                                    + "given.")
                    .otherwise("2");
    static final Option EXCLUSIVE =
            Option.flag(
                            "exclusive",
                            "TUNNEL_EXCLUSIVE",
                            "Take the tunnel over from other agents of it, instead of "
                                    + "sharing it.")
                    .otherwise("false");
    static final Option ACCESS =
            Option.block("access", "TUNNEL_ACCESS", "Who may use the tunnel; docs/access.md.");
    static final Option TOKEN_FILE =
            Option.of(
                    "token-file",
                    "TUNNEL_TOKEN_FILE",
                    "FILE",
                    "Holds a JWT for a server whose operator asks agents for one; read for each"
                            + " link.");
    static final Option LOCAL_CA =
            Option.of(
                            "local-ca",
                            "TUNNEL_LOCAL_CA",
                            "FILE",
                            "PEM file of authorities for an https local service.")
                    .otherwiseAs("those of Java");
    static final Option LOCAL_INSECURE =
            Option.flag(
                            "local-insecure",
                            "TUNNEL_LOCAL_INSECURE",
                            "Accept any certificate of the local service.")
                    .otherwise("false");
    static final Option SERVER_CA =
            Option.of(
                            "server-ca",
                            "TUNNEL_SERVER_CA",
                            "FILE",
                            "PEM file of authorities for the server.")
                    .otherwiseAs("those of Java");
    static final Option RESPONSE_TIMEOUT =
            Option.of(
                            "response-timeout",
                            "RESPONSE_TIMEOUT",
                            "DURATION",
                            "From a request's last byte to the answer's head.")
                    .otherwise("30s");
    static final Option JSON_BODY_LIMIT =
            Option.of(
                            "json-body-limit",
                            "JSON_BODY_LIMIT",
                            "BYTES",
                            "The largest body in JSON mode, up to 512MiB.")
                    .otherwise("64MiB");
    static final Option JSON_MAX_BODY =
            Option.of(
                            "json-max-body",
                            "JSON_MAX_BODY",
                            "BYTES",
                            "The largest body taken in JSON form in binary mode, up to "
                                    + "64KiB; 0 for none.")
                    .otherwise("4KiB");
    static final Option MEMORY_BUDGET =
            Option.of(
                            "memory-budget",
                            "MEMORY_BUDGET",
                            "BYTES",
                            "For requests on their way, of all tunnels together.")
                    .otherwiseAs("half of the heap");
    static final Option LOG_FORMAT =
            Option.of(
                            "log-format",
                            "LOG_FORMAT",
                            "text|json",
                            "The form of log lines: text on standard error, JSON on "
                                    + "standard output.")
                    .otherwiseAs("text, json on Cloud Run");

    static final List<Option> ALL =
            Stream.of(
                            Stream.of(
                                    SERVER,
                                    LOCAL,
                                    API_KEY,
                                    CREDENTIALS,
                                    ID,
                                    SECRET,
                                    SECRET_FILE,
                                    ROTATE_EVERY,
                                    NAME,
                                    HOST,
                                    MODE,
                                    SIGNED,
                                    LINKS,
                                    EXCLUSIVE,
                                    ACCESS,
                                    TOKEN_FILE,
                                    LOCAL_CA,
                                    LOCAL_INSECURE,
                                    SERVER_CA,
                                    RESPONSE_TIMEOUT,
                                    JSON_BODY_LIMIT,
                                    JSON_MAX_BODY,
                                    MEMORY_BUDGET,
                                    LOG_FORMAT),
                            EntranceOptions.ALL.stream(),
                            ObserveOptions.OF_AGENT.stream(),
                            Inspection.OPTIONS.stream())
                    .flatMap(options -> options)
                    .toList();

    /** What one program has once, however many tunnels it has. */
    static final List<Option> OF_PROGRAM =
            Stream.concat(Stream.of(MEMORY_BUDGET, LOG_FORMAT), ObserveOptions.OF_AGENT.stream())
                    .toList();

    /** Files that are read when an agent begins. */
    static final List<Option> READ_ONCE = List.of(LOCAL_CA, SERVER_CA);

    /** The tunnels of a configuration file. */
    static final Groups TUNNELS =
            new Groups(
                    "tunnels",
                    "tunnel",
                    ALL.stream().filter(option -> !OF_PROGRAM.contains(option)).toList(),
                    List.of(LOCAL, ID, SECRET, SECRET_FILE, NAME, Inspection.PORT));

    /** The server's: one environment may serve both. */
    private static final Set<String> OF_SERVER = Set.of("TUNNEL_KEY", "TUNNEL_EXPIRY");

    /** Kubernetes sets such names for each service, whatever that one is called. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_(TCP|UDP).*)?)");

    private AgentOptions() {}

    /** Whether a name in the environment must be an option's, or else is a mistake. */
    static boolean isSuspect(String name) {
        return name.startsWith("TUNNEL_")
                && !OF_SERVER.contains(name)
                && !OF_KUBERNETES.matcher(name).matches();
    }

    /**
     * What a program cannot do without; one that embeds an agent may set it otherwise.
     *
     * @throws SettingException if it is missing
     */
    static void require(Settings settings) {
        settings.required(SERVER);
        settings.required(LOCAL);
    }

    /** Sets what is given. */
    static void apply(Settings settings, TunnelAgentBuilder builder) {
        settings.url(SERVER);
        set(settings, SERVER, builder::server);
        set(settings, LOCAL, builder::local);
        set(settings, HOST, builder::host);
        set(settings, API_KEY, builder::apiKey);
        set(settings, SIGNED, builder::signed);
        set(settings, ACCESS, builder::access);
        set(settings, TOKEN_FILE, file -> builder.tokenFile(readable(file)));
        if (settings.text(ROTATE_EVERY) != null) {
            Duration age = settings.duration(ROTATE_EVERY, Rotation.SHORTEST);
            set(settings, ROTATE_EVERY, text -> builder.rotateEvery(age));
        }
        builder.entrance(EntranceOptions.of(settings));
        set(settings, NAME, builder::name);
        set(settings, CREDENTIALS, file -> builder.credentialsFile(Path.of(file)));
        set(settings, SERVER_CA, file -> builder.serverAuthorities(readable(file)));
        set(settings, LOCAL_CA, file -> builder.localAuthorities(readable(file)));
        builder.localInsecure(settings.flag(LOCAL_INSECURE, false));
        given(settings, builder);
        builder.responseTimeout(
                settings.duration(RESPONSE_TIMEOUT, Limits.DEFAULT.responseTimeout()));
        builder.jsonBodyLimit(
                (int)
                        settings.bytes(
                                JSON_BODY_LIMIT,
                                Limits.DEFAULT.jsonBodyBytes(),
                                1,
                                LARGEST_JSON_BODY));
        builder.jsonMaxBody(
                (int)
                        settings.bytes(
                                JSON_MAX_BODY,
                                Limits.DEFAULT.jsonMaxBody(),
                                0,
                                Limits.MOST_JSON_MAX_BODY));
        builder.links(settings.integer(LINKS, DEFAULT_LINKS, 1, MOST_LINKS));
        builder.observation(ObserveOptions.ofAgent(settings));
        Inspection.apply(settings, builder::inspect);
        builder.exclusive(settings.flag(EXCLUSIVE, false));
        String mode = settings.word(MODE, "auto", "binary", "json");
        if (mode != null) {
            builder.mode(mode);
        }
        if (settings.text(MEMORY_BUDGET) != null) {
            builder.memoryBudget(settings.bytes(MEMORY_BUDGET, 1, 1, Long.MAX_VALUE));
        }
    }

    /** The budget that all tunnels of a program share. */
    static MemoryBudget budget(Settings settings) {
        return settings.text(MEMORY_BUDGET) == null
                ? MemoryBudget.ofHeap()
                : new MemoryBudget(settings.bytes(MEMORY_BUDGET, 1, 1, Long.MAX_VALUE));
    }

    private static void given(Settings settings, TunnelAgentBuilder builder) {
        String id = settings.text(ID);
        String file = settings.text(SECRET_FILE);
        String secret = file == null ? settings.text(SECRET) : content(settings, file);
        if (id == null && secret == null) {
            return;
        }
        if (id == null || secret == null) {
            throw new SettingException(
                    "id and secret go together: give --id (or TUNNEL_ID), and --secret-file (or"
                            + " TUNNEL_SECRET)");
        }
        try {
            builder.credentials(id, secret);
            if (file != null) {
                builder.credentials(id, Path.of(file));
            }
        } catch (IllegalArgumentException e) {
            throw new SettingException("TUNNEL_ID or TUNNEL_SECRET is wrong: " + e.getMessage());
        }
    }

    private static String content(Settings settings, String file) {
        try {
            Path path = readable(file);
            if (Files.size(path) <= LARGEST_SECRET_FILE) {
                return Files.readString(path).strip();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw settings.wrong(SECRET_FILE, "a readable file");
        }
        throw settings.wrong(SECRET_FILE, "a small file with nothing but the secret");
    }

    private static Path readable(String file) {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("a readable file");
        }
        return path;
    }

    private static void set(Settings settings, Option option, Consumer<String> setter) {
        @Nullable String value = settings.text(option);
        if (value != null) {
            try {
                setter.accept(value);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(option, String.valueOf(e.getMessage()));
            }
        }
    }
}
