package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.IamToken;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The agent's options about what it takes to get to a server. */
final class EntranceOptions {

    static final Option CLIENT_CERT =
            Option.of(
                    "client-cert",
                    "TUNNEL_CLIENT_CERT",
                    "FILE",
                    "PEM file with the client certificate, its chain and its key, for a server"
                            + " that asks agents for one; read again once it has changed.");
    static final Option CLIENT_KEY =
            Option.of(
                    "client-key",
                    "TUNNEL_CLIENT_KEY",
                    "FILE",
                    "PEM file with that key, in PKCS#8, if it is in another file.");
    static final Option IAM =
            Option.of(
                    "iam-token",
                    "TUNNEL_IAM_TOKEN",
                    "metadata|FILE",
                    "Google ID tokens, for a server on Cloud Run behind IAM: of this machine's"
                            + " metadata server, or of a file that is read each time.");

    static final List<Option> ALL = List.of(CLIENT_CERT, CLIENT_KEY, IAM);

    private EntranceOptions() {}

    /**
     * What the settings say.
     *
     * @throws SettingException if they do not go together, or a file cannot be read
     */
    static Entrance of(Settings settings) {
        Path certificate = file(settings, CLIENT_CERT);
        Path key = file(settings, CLIENT_KEY);
        if (certificate == null && key != null) {
            throw new SettingException("--client-key is that of --client-cert: give both");
        }
        String iam = settings.text(IAM);
        if (iam != null && !iam.equals(IamToken.METADATA)) {
            Path unused = file(settings, IAM);
        }
        return new Entrance(certificate, key, iam);
    }

    private static @Nullable Path file(Settings settings, Option option) {
        String name = settings.text(option);
        if (name == null) {
            return null;
        }
        Path file = Path.of(name);
        if (!Files.isReadable(file)) {
            throw settings.wrong(
                    option,
                    option.equals(IAM) ? "metadata, or a readable file" : "a readable file");
        }
        return file;
    }
}
