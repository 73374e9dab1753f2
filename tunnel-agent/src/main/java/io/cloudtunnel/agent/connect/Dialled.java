package io.cloudtunnel.agent.connect;

import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.WsLink;

/** What became of an opening handshake that was answered. */
public sealed interface Dialled {

    /**
     * A link.
     *
     * @param link open
     * @param messages what it carries: the link itself, or its signed form
     * @param binary whether the server has agreed to speak binary mode
     * @param terms what the server said of itself and of the link
     */
    record Open(WsLink link, Link messages, boolean binary, LinkTerms terms) implements Dialled {

        /** Whether its messages carry tags. */
        public boolean signed() {
            return messages != link;
        }
    }

    /**
     * None.
     *
     * @param refusal why not
     */
    record Refused(Refusal refusal) implements Dialled {}
}
