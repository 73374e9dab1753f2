package io.cloudtunnel.agent;

import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Reason;

/**
 * What an agent says of itself on its links. One that wants the tunnel for itself, and was
 * replaced, wants it no more: else two of them would take it from each other for ever. Safe for use
 * by several threads.
 */
final class Introduction {

    private volatile Greeting greeting;

    Introduction(Greeting greeting) {
        this.greeting = greeting;
    }

    Greeting greeting() {
        return greeting;
    }

    /** The server has said that a link ends. */
    void leaving(Reason reason) {
        if (reason == Reason.REPLACED) {
            greeting = greeting.exclusively(false);
        }
    }
}
