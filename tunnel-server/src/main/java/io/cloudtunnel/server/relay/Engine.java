package io.cloudtunnel.server.relay;

/**
 * What instances share. The two may be of different kinds: a broker loses what it likes and is
 * asked for each message, a directory keeps what it was told and is asked once per request at most.
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
