package io.cloudtunnel.server.relay;

/** Who is told of what becomes of a relay link. */
interface RelayEvents {

    /** The other instance has accepted it. Does not block. */
    default void accepted() {}

    /** It ended; by each thread that sends or receives, before that one fails of it. */
    default void ended(String why) {}
}
