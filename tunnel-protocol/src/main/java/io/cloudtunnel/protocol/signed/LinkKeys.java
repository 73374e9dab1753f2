package io.cloudtunnel.protocol.signed;

import io.cloudtunnel.protocol.session.Link;

/** The two keys of one link. Immutable; each end is made once, since it counts messages. */
public final class LinkKeys {

    private final byte[] agent;
    private final byte[] server;

    LinkKeys(byte[] agent, byte[] server) {
        this.agent = agent;
        this.server = server;
    }

    /** The agent's end of a link. */
    public Link agentEnd(Link over) {
        return new SignedLink(over, new Tags(agent), new Tags(server));
    }

    /** The server's end of a link. */
    public Link serverEnd(Link over) {
        return new SignedLink(over, new Tags(server), new Tags(agent));
    }

    /** For the vectors. */
    byte[] agentKey() {
        return agent.clone();
    }

    /** For the vectors. */
    byte[] serverKey() {
        return server.clone();
    }

    /** Nothing of the keys. */
    @Override
    public String toString() {
        return "LinkKeys";
    }
}
