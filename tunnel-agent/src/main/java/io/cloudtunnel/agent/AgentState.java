package io.cloudtunnel.agent;

/** Where an agent is in its life. */
public enum AgentState {
    /** Asks the server for a tunnel. */
    REGISTERING,
    /** Opens a link. */
    CONNECTING,
    /** Has a link: requests come through. */
    CONNECTED,
    /** Waits before it tries again. */
    WAITING,
    /** Answers what is open, and takes its leave. */
    STOPPING,
    /** Was stopped. */
    STOPPED,
    /** Gave up: trying again is pointless until somebody changes something. */
    FAILED;

    /** Whether this is the end. */
    public boolean isFinal() {
        return this == STOPPED || this == FAILED;
    }
}
