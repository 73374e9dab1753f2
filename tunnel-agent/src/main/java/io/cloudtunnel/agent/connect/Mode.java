package io.cloudtunnel.agent.connect;

/** The wire mode that is wanted. */
public enum Mode {
    /** Binary where the server speaks it, else JSON. */
    AUTO,
    /** Binary or nothing. */
    BINARY,
    /** JSON, whatever the server speaks. */
    JSON
}
