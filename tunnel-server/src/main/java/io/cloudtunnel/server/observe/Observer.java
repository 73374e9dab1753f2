package io.cloudtunnel.server.observe;

/**
 * Is told what happens, by the threads that it happens on: it does not block, and throws nothing.
 * Safe for use by several threads.
 */
public interface Observer {

    /** Looks at nothing. */
    Observer NONE = new Observer() {};

    /** What passes of a tunnel's bodies. */
    interface Traffic {

        /** Is not counted. */
        Traffic UNCOUNTED = new Traffic() {};

        /** So many bytes of a request's body came. */
        default void read(int bytes) {}

        /** So many bytes of a response's body went out. */
        default void written(int bytes) {}
    }

    /** What a request's bodies are counted by, once it is known which tunnel it is for. */
    default Traffic traffic(String tunnelId) {
        return Traffic.UNCOUNTED;
    }

    /** An agent has asked where the public is; that is no request for its tunnel. */
    default void probed() {}

    /** A public request has ended. */
    default void ended(RequestLog request) {}

    /** An agent's link is open. */
    default void linkOpened(boolean binary) {}

    /** A link is told to end. */
    default void linkRetired(String reason) {}

    /** A link has ended. */
    default void linkEnded(long ageNanos) {}

    /** An agent got no link; the reason is one of a few words. */
    default void linkRefused(String reason) {}

    /** An agent has got a tunnel. */
    default void registered() {}

    /** It has not; the reason is one of a few words. */
    default void registrationRefused(String reason) {}
}
