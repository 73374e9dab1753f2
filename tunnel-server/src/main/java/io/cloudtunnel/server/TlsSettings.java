package io.cloudtunnel.server;

import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What becomes of the settings about TLS. */
final class TlsSettings {

    private TlsSettings() {}

    /**
     * What the settings say; null where the server speaks plain HTTP.
     *
     * @throws SettingException if they do not go together, or the files cannot be used
     */
    static @Nullable ServerTls of(Settings settings) {
        String certificates = settings.text(TlsOptions.CERT);
        String key = settings.text(TlsOptions.KEY);
        String authorities = settings.text(TlsOptions.CLIENT_CA);
        boolean mtls = "mtls".equalsIgnoreCase(settings.text(ServerOptions.REGISTRATION));
        if (certificates == null && (key != null || authorities != null)) {
            throw new SettingException(
                    "TLS_KEY and TLS_CLIENT_CA are of use only where this server speaks TLS itself:"
                            + " set TLS_CERT, too");
        }
        if (mtls && authorities == null) {
            throw new SettingException(
                    "REGISTRATION is 'mtls', but nothing says whose signatures count: set"
                            + " TLS_CLIENT_CA, and TLS_CERT and TLS_KEY, since client certificates"
                            + " are seen only by who ends TLS");
        }
        if (authorities != null && !mtls) {
            throw new SettingException(
                    "TLS_CLIENT_CA says whose client certificates agents have to show, which is"
                            + " asked of them only with REGISTRATION=mtls: set that, too");
        }
        if (certificates == null) {
            return null;
        }
        try {
            ServerTls files =
                    new ServerTls(
                            Path.of(certificates),
                            Path.of(key == null ? certificates : key),
                            authorities == null ? null : Path.of(authorities));
            files.read();
            return files;
        } catch (IOException | InvalidPathException e) {
            throw new SettingException(
                    "TLS_CERT, TLS_KEY or TLS_CLIENT_CA cannot be used: " + e.getMessage());
        }
    }
}
