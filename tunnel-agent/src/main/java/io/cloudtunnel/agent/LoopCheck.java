package io.cloudtunnel.agent;

import io.cloudtunnel.agent.connect.ServerAddress;
import io.cloudtunnel.agent.local.LocalAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Whether the local service is the server itself, so that each request would come back. */
final class LoopCheck {

    private LoopCheck() {}

    static boolean leadsBack(ServerAddress server, LocalAddress local) {
        if (server.port() != local.port()) {
            return false;
        }
        if (server.address().equalsIgnoreCase(local.address())) {
            return true;
        }
        List<InetAddress> there = resolve(server.address());
        List<InetAddress> here = resolve(local.address());
        boolean bothHere =
                here.stream().anyMatch(LoopCheck::isThisMachine)
                        && there.stream().anyMatch(LoopCheck::isThisMachine);
        return bothHere || here.stream().anyMatch(there::contains);
    }

    private static boolean isThisMachine(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }

    /** Empty where the name means nothing (yet). */
    static List<InetAddress> resolve(String host) {
        try {
            return Arrays.asList(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
