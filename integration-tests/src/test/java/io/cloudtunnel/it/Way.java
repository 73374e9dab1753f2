package io.cloudtunnel.it;

/** How a client reaches the local service. */
enum Way {
    /** With nothing between them. */
    DIRECT,
    /** Through a server and an agent in binary mode. */
    BINARY,
    /** Through a server and an agent in JSON mode. */
    JSON,
    /** As in {@link #BINARY}, with the server in somebody's own Helidon application. */
    EMBEDDED
}
