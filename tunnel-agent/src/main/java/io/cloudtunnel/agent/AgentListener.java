package io.cloudtunnel.agent;

/**
 * Is told what happens to an agent, on threads of the agent's, one call at a time. A method must
 * not wait long, since the agent does nothing else meanwhile; what it throws is logged.
 */
public interface AgentListener {

    /**
     * The state has changed.
     *
     * @param state the new one
     * @param detail a sentence for people; perhaps empty
     */
    default void stateChanged(AgentState state, String detail) {}

    /** The tunnel is open for the first time, and the public reaches it here. */
    default void publicUrl(String url) {}

    /** The public URL is not the one it was: whoever knows the old one reaches nothing. */
    default void publicUrlChanged(String before, String url) {
        publicUrl(url);
    }
}
