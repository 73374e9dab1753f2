package io.cloudtunnel.server.auth;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ids that owners choose for their tunnels; docs/protocol.md, "Chosen names". */
public final class TunnelNames {

    /** A label of DNS; as long as an id at most, so that hosts of tunnels have room for it. */
    private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]{1,30})[a-z0-9]");

    private static final Pattern GENERATED = Pattern.compile("[a-z2-7]{32}");

    /** What hosts of a domain are often called, and what the server has at its root. */
    private static final Set<String> RESERVED =
            Set.of(
                    "admin",
                    "agent",
                    "agents",
                    "api",
                    "app",
                    "autoconfig",
                    "autodiscover",
                    "dns",
                    "ftp",
                    "health",
                    "imap",
                    "internal",
                    "localhost",
                    "login",
                    "mail",
                    "metrics",
                    "mta-sts",
                    "ns1",
                    "ns2",
                    "pop",
                    "pub",
                    "public",
                    "register",
                    "root",
                    "server",
                    "smtp",
                    "status",
                    "tunnel",
                    "tunnels",
                    "webmail",
                    "wpad",
                    "www");

    private TunnelNames() {}

    /** Whether it has the form of a chosen name, and not that of an id that we make. */
    public static boolean isName(String id) {
        return id.length() >= 3
                && id.length() <= Credentials.ID_LENGTH
                && FORM.matcher(id).matches()
                && !GENERATED.matcher(id).matches();
    }

    /** What is wrong with a name that somebody asks for; null if nothing is. */
    public static @Nullable String problem(String name) {
        if (!isName(name)) {
            return "a name has 3 to 32 characters of a-z, 0-9 and '-', neither at its beginning nor"
                    + " at its end a '-', and does not look like a generated id";
        }
        if (RESERVED.contains(name) || name.startsWith("--", 2)) { // such as xn--
            return "this name is reserved";
        }
        return null;
    }
}
