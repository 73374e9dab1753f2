package io.cloudtunnel.agent.connect;

/**
 * What a server's process says of itself where the public reaches it; docs/protocol.md, section
 * 8.4.
 *
 * @param instance the process
 * @param startedMillis when it started, in milliseconds since 1970
 * @param links how many links of the tunnel it has
 */
public record Presence(String instance, long startedMillis, int links) {}
