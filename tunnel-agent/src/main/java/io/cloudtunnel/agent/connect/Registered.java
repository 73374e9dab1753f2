package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;

/** What became of a registration that was answered. */
public sealed interface Registered {

    /**
     * A tunnel.
     *
     * @param credentials with its public URL
     */
    record Done(Credentials credentials) implements Registered {}

    /**
     * None.
     *
     * @param refusal why not
     */
    record Refused(Refusal refusal) implements Registered {}
}
