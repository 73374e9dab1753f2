package io.cloudtunnel.agent.connect;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name that a tunnel is to have as its id; docs/protocol.md, "Chosen names". */
final class ChosenName {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{1,30}[a-z0-9]");
    private static final int LONGEST_REASON = 500;

    private ChosenName() {}

    /** The name as a server can be asked for it; null if there is none, or it has another form. */
    static @Nullable String of(String name) {
        if (name.isEmpty()) {
            return null;
        }
        if (!FORM.matcher(name).matches()) {
            LOGGER.log(
                    Level.INFO,
                    "the name {0} tells tunnels apart in the credentials'' file only: a server"
                            + " gives names of 3 to 32 characters of a-z, 0-9 and ''-''",
                    name);
            return null;
        }
        return name;
    }

    /** Says so where the server has given another id than the name that it was asked for. */
    static void compare(String name, JsonNode answer) {
        if (name.equals(answer.path("id").asText(""))) {
            return;
        }
        String reason = answer.path("name_refused").asText("it does not know of names");
        LOGGER.log(
                Level.WARNING,
                "the server did not give this tunnel the name {0}: {1}",
                name,
                reason.substring(0, Math.min(reason.length(), LONGEST_REASON))
                        .replaceAll("\\p{Cntrl}", " "));
    }
}
