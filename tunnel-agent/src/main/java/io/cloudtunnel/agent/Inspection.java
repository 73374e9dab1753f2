package io.cloudtunnel.agent;

import io.cloudtunnel.agent.inspect.Inspector;
import io.cloudtunnel.agent.store.TokenFile;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.protocol.session.Upstream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the inspect page is, which shows the last requests with their secrets; docs/inspect.md. It
 * is on 127.0.0.1 only.
 *
 * @param port its port, 0 for any free one
 * @param token what who looks has to have; null for one that is kept in a file beside the
 *     credentials'
 */
public record Inspection(int port, @Nullable String token) {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private static final int LEAST_TOKEN = 16;
    private static final int MOST_TOKEN = 256;
    private static final String FILE = "inspect.token";

    static final Option PORT =
            Option.of(
                    "inspect",
                    "TUNNEL_INSPECT",
                    "PORT",
                    "Port of the inspect page on 127.0.0.1, which shows the last requests.");
    static final Option TOKEN =
            Option.secret(
                            "inspect-token",
                            "TUNNEL_INSPECT_TOKEN",
                            "TOKEN",
                            "The inspect page's token.")
                    .otherwiseAs("one in a file that the log names")
                    .withoutFlag();

    static final List<Option> OPTIONS = List.of(PORT, TOKEN);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is wrong; the message says what it must be
     */
    public Inspection {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port from 0 to 65535");
        }
        if (token != null
                && (token.length() < LEAST_TOKEN
                        || token.length() > MOST_TOKEN
                        || !token.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
            throw new IllegalArgumentException(
                    "a token of %d to %d visible ASCII characters without spaces"
                            .formatted(LEAST_TOKEN, MOST_TOKEN));
        }
    }

    /**
     * A token that no page asks for is a mistake; one may be for several tunnels, of which not all
     * have a page.
     *
     * @throws SettingException if it is so
     */
    static void check(Settings whole, Collection<TunnelPlan> plans) {
        if (plans.stream().allMatch(plan -> plan.settings().text(PORT) == null)) {
            Stream.concat(Stream.of(whole), plans.stream().map(TunnelPlan::settings))
                    .filter(settings -> settings.text(TOKEN) != null)
                    .findFirst()
                    .ifPresent(settings -> {
                        throw settings.wrong(TOKEN, "left out where there is no TUNNEL_INSPECT");
                    });
        }
    }

    /** Gives on what the settings say. */
    static void apply(Settings settings, Consumer<Inspection> to) {
        if (settings.text(PORT) == null) {
            return;
        }
        String token = settings.text(TOKEN);
        int port = settings.integer(PORT, 0, 0, 65535);
        try {
            to.accept(new Inspection(port, token));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(TOKEN, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The same with a token.
     *
     * @param credentials a file of the folder that the token's file is in
     * @throws IOException if it cannot be used; the message says why
     */
    Inspection withToken(Path credentials) throws IOException {
        if (token != null) {
            return this;
        }
        Path file = credentials.toAbsolutePath().resolveSibling(FILE);
        try {
            Inspection whole = new Inspection(port, TokenFile.read(file));
            LOGGER.log(Level.INFO, "the token of the inspect page is in {0}", file);
            return whole;
        } catch (IOException e) {
            throw new IOException(
                    "no token for the inspect page: "
                            + e.getMessage()
                            + "; or give one as TUNNEL_INSPECT_TOKEN",
                    e);
        }
    }

    /** What these settings ask for; null for nothing. */
    static Inspector inspector(
            @Nullable Inspection settings,
            Upstream local,
            ScheduledExecutorService timer,
            Inspector.Tunnel tunnel) {
        String token = settings == null ? null : settings.token();
        return settings == null || token == null
                ? Inspector.none(local)
                : Inspector.of(settings.port(), token, local, timer, tunnel);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Inspection[" + port + "]";
    }
}
