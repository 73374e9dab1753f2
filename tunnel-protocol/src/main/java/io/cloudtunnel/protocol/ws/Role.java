package io.cloudtunnel.protocol.ws;

/** Which end of the connection this is; it decides who masks (RFC 6455, section 5.1). */
public enum Role {
    /** Accepted the connection: sends unmasked frames, takes only masked ones. */
    SERVER,
    /** Opened the connection: sends masked frames, takes only unmasked ones. */
    CLIENT;

    /** Whether this end masks what it sends, and refuses what comes masked. */
    boolean masks() {
        return this == CLIENT;
    }
}
