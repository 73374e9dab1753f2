package io.cloudtunnel.server.relay;

/**
 * What instances share.
 *
 * @param broker carries messages between them
 * @param directory says which of them holds links of a tunnel
 */
public record Engine(Broker broker, Directory directory) implements AutoCloseable {

    /** Ends both. */
    @Override
    public void close() {
        broker.close();
        directory.close();
    }
}
