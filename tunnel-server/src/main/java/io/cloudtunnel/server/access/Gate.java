package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.IpAddress;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/**
 * The first gate: what this instance asks of each public request, before it is taken anywhere. Safe
 * for use by several threads.
 */
public final class Gate {

    private static final long START = System.nanoTime();

    /** Clients whose address cannot be read count as one. */
    private static final String UNREADABLE = "";

    private final Guards guards;
    private final boolean isOpen; // to everybody, as far as clients are concerned
    private final Quotas tunnels;
    private final Quotas clients;

    /**
     * A gate.
     *
     * @param tunnel what all clients of a tunnel together may use
     * @param client what a client may use, of all tunnels together
     */
    public Gate(Guards guards, Rates tunnel, Rates client) {
        this.guards = guards;
        this.tunnels = new Quotas("tunnel", tunnel, Quotas.MOST, Gate::now);
        this.clients = new Quotas("client", client, Quotas.MOST, Gate::now);
        this.isOpen = guards.isOpen() && clients.isUnlimited();
    }

    private static long now() {
        return System.nanoTime() - START;
    }

    /**
     * Lets a request in. What it may cost counts first, for its client: guesses, too, are limited.
     *
     * @param client the client's address by the trusted hops
     * @param fields of the request, as they came
     * @return what goes on with it, to be closed at its end
     * @throws ExchangeException if it may not come in
     */
    public Pass enter(String client, Fields fields) throws ExchangeException, InterruptedException {
        if (isOpen) {
            return new Pass(false, null);
        }
        IpAddress address = IpAddress.ofClient(client);
        Quotas.@Nullable Use ofClient =
                hold(clients, address == null ? UNREADABLE : address.client());
        boolean held = false;
        try {
            Pass pass = new Pass(guards.admit(address, fields), ofClient);
            held = true;
            return pass;
        } finally {
            if (!held && ofClient != null) {
                ofClient.leave();
            }
        }
    }

    private static Quotas.@Nullable Use hold(Quotas quotas, Object user) throws ExchangeException {
        return quotas.isUnlimited() ? null : quotas.enter(user);
    }

    private static boolean isPaced(Quotas.@Nullable Use use) {
        return use != null && use.isPaced();
    }

    private static long book(Quotas.@Nullable Use use, int bytes) {
        return use == null ? 0 : use.book(bytes);
    }

    /** A request that was let in. For one thread at a time. */
    public final class Pass implements AutoCloseable {

        private final boolean removesCredentials;
        private final Quotas.@Nullable Use client;
        private Quotas.@Nullable Use tunnel;

        private Pass(boolean removesCredentials, Quotas.@Nullable Use client) {
            this.removesCredentials = removesCredentials;
            this.client = client;
        }

        /**
         * It is for this tunnel, which there is. Once at most.
         *
         * @throws ExchangeException if that is over a limit
         */
        public void to(String tunnelId) throws ExchangeException {
            tunnel = hold(tunnels, tunnelId);
        }

        /** The fields that go on, with a note for the link. */
        public Fields noted(Fields fields) {
            return AccessFields.checked(fields, removesCredentials);
        }

        /** The exchange, at the pace that it may have. */
        public Exchange paced(Exchange exchange) {
            Quotas.@Nullable Use ofTunnel = tunnel;
            return isPaced(client) || isPaced(ofTunnel)
                    ? new PacedExchange(
                            exchange, bytes -> Math.max(book(client, bytes), book(ofTunnel, bytes)))
                    : exchange;
        }

        @Override
        public void close() {
            if (client != null) {
                client.leave();
            }
            if (tunnel != null) {
                tunnel.leave();
            }
        }
    }
}
