package io.cloudtunnel.server;

import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.Settings;
import java.util.List;

/** The server's options about how many tunnels there may be; docs/access.md. */
final class RegistrationOptions {

    static final Option PER_MINUTE =
            Option.of(
                    "limit-registrations",
                    "LIMIT_REGISTRATIONS",
                    "N",
                    "Registrations of a client address within a minute, of which a third may fail,"
                            + " or off; over it 429. Default 60.");

    static final List<Option> ALL = List.of(PER_MINUTE);

    private static final int MOST = 1_000_000;

    private RegistrationOptions() {}

    /**
     * What the settings say.
     *
     * @throws io.cloudtunnel.program.SettingException if a value is wrong
     */
    static RegistrationLimits limits(Settings settings) {
        RegistrationLimits unless = RegistrationLimits.DEFAULT;
        return new RegistrationLimits(numberOrOff(settings, PER_MINUTE, unless.perMinute()));
    }

    private static int numberOrOff(Settings settings, Option option, int otherwise) {
        return "off".equalsIgnoreCase(settings.text(option))
                ? 0
                : settings.integer(option, otherwise, 1, MOST);
    }
}
