package io.cloudtunnel.server.front;

import java.util.Locale;

/** What an instance serves; docs/relay.md, "Roles". */
public enum Role {
    /** The public and agents. */
    ALL,
    /** The public alone, by way of instances that agents are connected to. */
    PUBLIC,
    /** Agents alone, and requests that come from other instances. */
    AGENTS;

    /** Of errors about roles. */
    public static final String WRONG = "wrong-role";

    /**
     * The role of this name, in any case.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public static Role parse(String text) {
        for (Role role : values()) {
            if (role.name().equalsIgnoreCase(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException("all, public or agents");
    }

    /**
     * Whether a server can have this role.
     *
     * @param joined whether a broker joins it with others
     * @param knowsPublicUrl whether it is told where the public is served
     * @throws IllegalArgumentException if not; it says what is missing
     */
    public void check(boolean joined, boolean knowsPublicUrl) {
        String name = "ROLE=" + name().toLowerCase(Locale.ROOT);
        if (this != ALL && !joined) {
            throw new IllegalArgumentException(
                    name
                            + " needs REDIS_URL, the Redis that joins this server with those of the"
                            + " other role");
        }
        if (this == AGENTS && !knowsPublicUrl) {
            throw new IllegalArgumentException(
                    name
                            + " needs PUBLIC_BASE_URL, where the public finds the servers of the"
                            + " role public: agents are told it");
        }
    }

    /** Whether requests of the public are answered. */
    public boolean servesPublic() {
        return this != AGENTS;
    }

    /** Whether agents may register and connect. */
    public boolean takesAgents() {
        return this != PUBLIC;
    }

    /** What whoever came to the wrong service has to know. */
    public String refusal() {
        return switch (this) {
            case ALL -> "this server takes everybody";
            case PUBLIC ->
                    "this server has the role 'public': agents register and connect at the service"
                            + " with the role 'agents'";
            case AGENTS ->
                    "this server has the role 'agents': the public reaches tunnels by the service"
                            + " with the role 'public', at PUBLIC_BASE_URL";
        };
    }
}
