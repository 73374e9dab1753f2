package io.cloudtunnel.protocol.session;

/** A part of a request's way, for who wants to know which one failed. */
public enum Leg {
    /** The client, or what it asked for. */
    CLIENT("client"),
    /** The server. */
    SERVER("server"),
    /** The agent, or the way to it. */
    AGENT("agent"),
    /** The local service. */
    LOCAL("local");

    private final String word;

    Leg(String word) {
        this.word = word;
    }

    /** The word in logs and metrics. */
    public String word() {
        return word;
    }

    /** The leg that an error blames. */
    public static Leg of(ErrorCode code) {
        return switch (code) {
            case AGENT_NOT_CONNECTED,
                    OUTCOME_UNKNOWN,
                    AGENT_ANSWER_MALFORMED,
                    AGENT_TIMEOUT,
                    UPGRADE_NOT_CARRIED,
                    TOO_MANY_STREAMS ->
                    AGENT;
            case LOCAL_UNREACHABLE,
                    LOCAL_BROKEN,
                    LOCAL_MALFORMED,
                    LOCAL_TIMEOUT,
                    ANSWER_TOO_LARGE,
                    ANSWER_WITHOUT_END ->
                    LOCAL;
            default -> code.status() < 500 ? CLIENT : SERVER;
        };
    }
}
