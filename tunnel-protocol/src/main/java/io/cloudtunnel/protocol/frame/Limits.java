package io.cloudtunnel.protocol.frame;

import java.time.Duration;

/**
 * Every limit of the protocol, with its default; docs/protocol.md says what each one means to a
 * peer, and what reaching it looks like.
 *
 * @param jsonBodyBytes the largest body, before base64, that JSON mode carries
 * @param headBytes the largest head of a request or a response, all fields included
 * @param streams requests that may be open on one link at a time
 * @param responseTimeout from the last byte of a request to the head of its response
 * @param progressTimeout a transfer that has moved no byte for so long is over
 * @param writeStall a write to a link that takes no byte for so long closes the link
 * @param pingInterval a link silent for so long is pinged
 * @param silence a link silent for so long, whose peer has answered pings before, is closed
 * @param closeWait how long a closing side waits for the peer's close frame
 * @param bodyIdle how long the local service may be silent within a response's body, since event
 *     streams are
 */
public record Limits(
        int jsonBodyBytes,
        int headBytes,
        int streams,
        Duration responseTimeout,
        Duration progressTimeout,
        Duration writeStall,
        Duration pingInterval,
        Duration silence,
        Duration closeWait,
        Duration bodyIdle) {

    /** The defaults. */
    public static final Limits DEFAULT =
            new Limits(
                    64 * 1024 * 1024,
                    64 * 1024,
                    1000,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(45),
                    Duration.ofSeconds(2),
                    Duration.ofHours(1));

    private static final int JSON_HEAD_BYTES = 1 << 20;

    /** The longest JSON text message: base64 of the largest body, and 1 MiB for all the rest. */
    public int jsonMessageBytes() {
        return Math.toIntExact((jsonBodyBytes + 2L) / 3 * 4 + JSON_HEAD_BYTES);
    }

    /** The same limits with another {@link #jsonBodyBytes}. */
    public Limits withJsonBodyBytes(int value) {
        return new Limits(
                value,
                headBytes,
                streams,
                responseTimeout,
                progressTimeout,
                writeStall,
                pingInterval,
                silence,
                closeWait,
                bodyIdle);
    }

    /** The same limits with another {@link #responseTimeout}. */
    public Limits withResponseTimeout(Duration value) {
        return new Limits(
                jsonBodyBytes,
                headBytes,
                streams,
                value,
                progressTimeout,
                writeStall,
                pingInterval,
                silence,
                closeWait,
                bodyIdle);
    }

    /** The same limits with another {@link #pingInterval} and {@link #silence}. */
    public Limits withPings(Duration interval, Duration longestSilence) {
        return new Limits(
                jsonBodyBytes,
                headBytes,
                streams,
                responseTimeout,
                progressTimeout,
                writeStall,
                interval,
                longestSilence,
                closeWait,
                bodyIdle);
    }

    /** The same limits with another {@link #progressTimeout}. */
    public Limits withProgressTimeout(Duration value) {
        return new Limits(
                jsonBodyBytes,
                headBytes,
                streams,
                responseTimeout,
                value,
                writeStall,
                pingInterval,
                silence,
                closeWait,
                bodyIdle);
    }

    /** The same limits with another {@link #bodyIdle}. */
    public Limits withBodyIdle(Duration value) {
        return new Limits(
                jsonBodyBytes,
                headBytes,
                streams,
                responseTimeout,
                progressTimeout,
                writeStall,
                pingInterval,
                silence,
                closeWait,
                value);
    }
}
