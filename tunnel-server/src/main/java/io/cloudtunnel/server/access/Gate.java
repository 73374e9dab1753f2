package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import org.jspecify.annotations.Nullable;

/**
 * The first gate: what this instance asks of each public request, before it is taken anywhere. Safe
 * for use by several threads.
 */
public final class Gate {

    private static final long START = System.nanoTime();

    private final Guards guards;
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
    }

    private static long now() {
        return System.nanoTime() - START;
    }

    /**
     * Lets a request in.
     *
     * @param client the client's address by the trusted hops
     * @param fields of the request, as they came
     * @return what goes on with it, to be closed at its end
     * @throws ExchangeException if it may not come in
     */
    public Pass enter(String tunnelId, String client, Fields fields)
            throws ExchangeException, InterruptedException {
        boolean removes = guards.admit(client, fields);
        if (tunnels.isUnlimited() && clients.isUnlimited()) {
            return removes ? Pass.REMOVES : Pass.FREE;
        }
        Held ofClient = hold(clients, key(client));
        boolean held = false;
        try {
            Pass pass = new Pass(removes, ofClient, hold(tunnels, tunnelId));
            held = true;
            return pass;
        } finally {
            if (!held && ofClient != null) {
                ofClient.release();
            }
        }
    }

    private static Object key(String client) {
        IpAddress address = IpAddress.ofClient(client);
        return address == null ? "" : address.client(); // those that cannot be read count as one
    }

    private static @Nullable Held hold(Quotas quotas, Object user) throws ExchangeException {
        return quotas.isUnlimited() ? null : new Held(quotas, user, quotas.enter(user));
    }

    private record Held(Quotas quotas, Object user, Quotas.Use use) {
        void release() {
            quotas.leave(user, use);
        }

        static long book(@Nullable Held held, int bytes) {
            return held == null ? 0 : held.use().book(bytes);
        }
    }

    /** A request that was let in. For one thread at a time. */
    public static final class Pass implements AutoCloseable {

        private static final Pass FREE = new Pass(false, null, null);
        private static final Pass REMOVES = new Pass(true, null, null);

        private final boolean removesCredentials;
        private final @Nullable Held client;
        private final @Nullable Held tunnel;

        private Pass(boolean removesCredentials, @Nullable Held client, @Nullable Held tunnel) {
            this.removesCredentials = removesCredentials;
            this.client = client;
            this.tunnel = tunnel;
        }

        /** The fields that go on, with a note for the link. */
        public Fields noted(Fields fields) {
            return AccessFields.checked(fields, removesCredentials);
        }

        /** The exchange, at the pace that it may have. */
        public Exchange paced(Exchange exchange) {
            return client == null && tunnel == null
                    ? exchange
                    : new PacedExchange(
                            exchange,
                            bytes -> Math.max(Held.book(client, bytes), Held.book(tunnel, bytes)));
        }

        @Override
        public void close() {
            if (client != null) {
                client.release();
            }
            if (tunnel != null) {
                tunnel.release();
            }
        }
    }
}
