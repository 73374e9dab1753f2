package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.util.List;

/** The server's options about how many tunnels there may be; docs/access.md. */
final class RegistrationOptions {

    static final Option PER_MINUTE =
            Option.of(
                            "limit-registrations",
                            "LIMIT_REGISTRATIONS",
                            "N|off",
                            "Registrations of a client address within a minute, of which a third"
                                    + " may fail; over it 429.")
                    .otherwise("60");

    static final Option TUNNELS_PER_KEY =
            Option.of(
                            "limit-tunnels-per-key",
                            "LIMIT_TUNNELS_PER_KEY",
                            "N|off",
                            "Tunnels that whoever registers by the same key, token or certificate"
                                    + " may have; over it 403. Needs REDIS_URL or STATE_FILE.")
                    .otherwise("off");

    static final List<Option> ALL = List.of(PER_MINUTE, TUNNELS_PER_KEY);

    private static final int MOST = 1_000_000;

    private RegistrationOptions() {}

    /**
     * What the settings say.
     *
     * @param keeps whether there is something to keep it in whose a tunnel is
     * @throws SettingException if a value is wrong
     */
    static RegistrationLimits limits(Settings settings, boolean keeps) {
        RegistrationLimits unless = RegistrationLimits.DEFAULT;
        int perKey = numberOrOff(settings, TUNNELS_PER_KEY, unless.tunnelsPerKey());
        if (perKey > 0 && !keeps) {
            throw new SettingException(
                    "LIMIT_TUNNELS_PER_KEY needs to know whose a tunnel is, which is kept in Redis"
                            + " or in a file: set REDIS_URL or STATE_FILE, too");
        }
        return new RegistrationLimits(
                numberOrOff(settings, PER_MINUTE, unless.perMinute()), perKey);
    }

    private static int numberOrOff(Settings settings, Option option, int otherwise) {
        return "off".equalsIgnoreCase(settings.text(option))
                ? 0
                : settings.integer(option, otherwise, 1, MOST);
    }
}
