package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.local.HostRule;
import io.cloudtunnel.agent.local.InProcessService;
import io.cloudtunnel.agent.local.LocalAddress;
import io.cloudtunnel.agent.local.LocalService;
import io.cloudtunnel.agent.local.LocalUpstream;
import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.Patrol;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Where an agent's requests go. */
sealed interface LocalEnd {

    /**
     * Where they can be sent to.
     *
     * @param most requests at a time
     */
    LocalUpstream upstream(Limits limits, int most, Patrol patrol);

    /** Their host and port; null where they stay in this program. */
    default @Nullable LocalAddress address() {
        return null;
    }

    /**
     * Looks for mistakes that can be seen at the start.
     *
     * @throws IllegalArgumentException if requests would come back to the server
     */
    void check(ServerAddress server);

    /** A host and a port, which are spoken to in HTTP. */
    record Address(LocalAddress address, HostRule host, Trust trust) implements LocalEnd {

        private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

        @Override
        public LocalUpstream upstream(Limits limits, int most, Patrol patrol) {
            return new LocalService(address, host, trust, limits, patrol);
        }

        @Override
        public void check(ServerAddress server) {
            if (LoopCheck.leadsBack(server, address)) {
                throw new IllegalArgumentException(
                        "the local service "
                                + address
                                + " is the tunnel server itself: each request would come back for"
                                + " ever. Give the URL or port of the service that is to be"
                                + " exposed");
            }
            if (LoopCheck.resolve(address.address()).isEmpty()) {
                LOGGER.log(
                        Level.WARNING,
                        "the name of the local service {0} cannot be resolved at the moment",
                        address);
            }
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** A handler of the program that the agent is part of. */
    record Handler(LocalHandler handler) implements LocalEnd {

        @Override
        public LocalUpstream upstream(Limits limits, int most, Patrol patrol) {
            return new InProcessService(
                    exchange -> handler.handle(new LocalCall(exchange)), limits, most, patrol);
        }

        @Override
        public void check(ServerAddress server) {
            // There is no address that could lead back.
        }

        @Override
        public String toString() {
            return "a handler of this program";
        }
    }
}
