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
    EMBEDDED,
    /**
     * As in {@link #BINARY}, through two servers that a broker joins: one with the role public,
     * which the client reaches, and one with the role agents, which has the link.
     */
    RELAYED,
    /** As in {@link #RELAYED}, by a client that speaks HTTP/2. */
    H2C;

    /** The name of the way that is no connection of HTTP/1.1. */
    static final String NOT_HTTP1 = "H2C";
}
