package io.cloudtunnel.server.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Puts a policy together from single settings. Not safe for use by several threads. */
public final class PolicyWriter {

    /** What comes of nothing. */
    public static final String EMPTY = "{}";

    private final ObjectNode policy = JsonNodeFactory.instance.objectNode();

    /** A list, if it is not empty. */
    public PolicyWriter list(String name, List<String> values) {
        if (!values.isEmpty()) {
            values.forEach(policy.putArray(name)::add);
        }
        return this;
    }

    /**
     * Users, if there are any.
     *
     * @param users each as {@code name:hash}
     * @throws IllegalArgumentException if one has another form, or is there twice
     */
    public PolicyWriter users(List<String> users) {
        if (users.isEmpty()) {
            return this;
        }
        ObjectNode basic = policy.putObject("basic");
        for (String user : users) {
            int colon = user.indexOf(':');
            if (colon < 1 || basic.has(user.substring(0, colon))) {
                throw new IllegalArgumentException("access.basic: give name:hash, each name once");
            }
            basic.put(user.substring(0, colon), user.substring(colon + 1));
        }
        return this;
    }

    /** What a token has to be. */
    public PolicyWriter jwt(String issuer, String jwks, List<String> audience) {
        ObjectNode jwt = policy.putObject("jwt").put("issuer", issuer).put("jwks", jwks);
        if (!audience.isEmpty()) {
            audience.forEach(jwt.putArray("audience")::add);
        }
        return this;
    }

    /** The policy as JSON. */
    public String text() {
        return policy.toString();
    }
}
