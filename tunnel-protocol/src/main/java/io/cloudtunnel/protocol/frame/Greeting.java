package io.cloudtunnel.protocol.frame;

/**
 * What a side says in its {@code hello}; docs/protocol.md, section 6.3, in the order of its tags.
 *
 * @param streams requests that may be open at a time, 1 to 65,535
 * @param headMax longest payload of a head or of trailers that it accepts, in bytes
 * @param window data bytes that each body sent to it starts with
 * @param jsonMaxBody longest body in JSON form that it accepts, in bytes; 0 for no text at all
 * @param textMax longest text message that it accepts, in bytes
 * @param software name and version, for logs; at most 128 bytes
 * @param agent the same in all links of one agent process; empty from a server
 * @param exclusive whether the newest agent takes over
 * @param policy who may use the tunnel, as JSON; empty for no policy
 */
public record Greeting(
        int streams,
        int headMax,
        int window,
        int jsonMaxBody,
        int textMax,
        String software,
        String agent,
        boolean exclusive,
        String policy) {

    /** What counts for whatever a {@code hello} does not say. */
    public static final Greeting DEFAULT =
            new Greeting(1000, 72 * 1024, 64 * 1024, 4096, 64 * 1024, "", "", false, "");

    /** From here on base64 and a head need longer texts than the default ones. */
    private static final int LONG_BODY = 16 * 1024;

    private static final int LONGEST_TEXT = 128 * 1024;

    /** What a program of ours says. */
    public static Greeting of(String software, Limits limits) {
        return new Greeting(
                limits.streams(),
                DEFAULT.headMax(),
                DEFAULT.window(),
                limits.jsonMaxBody(),
                limits.jsonMaxBody() > LONG_BODY ? LONGEST_TEXT : DEFAULT.textMax(),
                software,
                "",
                false,
                "");
    }

    /** The same from an agent that wants the tunnel for itself, or does not. */
    public Greeting exclusively(boolean alone) {
        return new Greeting(
                streams, headMax, window, jsonMaxBody, textMax, software, agent, alone, policy);
    }

    /** The same from an agent that has a policy, as JSON; empty for none. */
    public Greeting withPolicy(String json) {
        return new Greeting(
                streams, headMax, window, jsonMaxBody, textMax, software, agent, exclusive, json);
    }

    /** The same from one of the links of an agent of this name. */
    public Greeting byAgent(String name) {
        return new Greeting(
                streams, headMax, window, jsonMaxBody, textMax, software, name, exclusive, policy);
    }
}
