package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.Authority;
import org.jspecify.annotations.Nullable;

/**
 * Which {@code Host} the local service is told: its own, the public one, or a fixed name. It has no
 * effect on which host the agent talks to. Immutable.
 */
public final class HostRule {

    /** The local service's own authority. */
    public static final HostRule LOCAL = new HostRule(false, null);

    /** What the public client asked for. */
    public static final HostRule PUBLIC = new HostRule(true, null);

    private final boolean passed;
    private final @Nullable String name;

    private HostRule(boolean passed, @Nullable String name) {
        this.passed = passed;
        this.name = name;
    }

    /**
     * Reads {@code local}, {@code public}, or a name, perhaps with a port.
     *
     * @throws IllegalArgumentException if it is none of these; the message says what it must be
     */
    public static HostRule parse(String text) {
        return switch (text) {
            case "local" -> LOCAL;
            case "public" -> PUBLIC;
            default -> {
                if (Authority.parse(text) == null) {
                    throw new IllegalArgumentException("local, public, or a host name");
                }
                yield new HostRule(false, text);
            }
        };
    }

    /** The value of {@code Host} for a request with these fields. */
    String hostFor(Fields fields, LocalAddress local) {
        if (name != null) {
            return name;
        }
        if (passed) {
            for (String field : new String[] {"X-Forwarded-Host", "Host"}) {
                String value = fields.first(field);
                if (value != null && Authority.parse(value) != null) {
                    return value;
                }
            }
        }
        return local.authority();
    }
}
