package io.cloudtunnel.protocol.session;

/** Close codes of ours, beside those of RFC 6455; docs/protocol.md lists them. */
public final class LinkCloseCode {

    /** Binary mode: a frame, or its order, violates docs/protocol.md. */
    public static final int PROTOCOL_ERROR = 4000;

    /** A newer agent of the tunnel has taken the place of this one. */
    public static final int REPLACED = 4001;

    /** The secret was deleted or rotated away. */
    public static final int REVOKED = 4002;

    /** The peer was silent for too long. */
    public static final int SILENT = 4004;

    /** Signed mode: a message that the peer cannot have sent like this. */
    public static final int AUTHENTICATION = 4005;

    private LinkCloseCode() {}
}
