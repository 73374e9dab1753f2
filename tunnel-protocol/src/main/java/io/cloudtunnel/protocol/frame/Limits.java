package io.cloudtunnel.protocol.frame;

import java.time.Duration;

/**
 * Every limit of the protocol, with its default; docs/protocol.md says what each one means to a
 * peer, and what reaching it looks like.
 *
 * @param jsonBodyBytes the largest body, before base64, that JSON mode carries
 * @param jsonMaxBody the largest body that this side takes in JSON form in binary mode, in bytes up
 *     to 64 KiB; 0 for none
 * @param headBytes the largest head of a request or a response, all fields included
 * @param streams requests that may be open on one link at a time
 * @param responseTimeout from the last byte of a request to the head of its response
 * @param progressTimeout a transfer that has moved no byte for so long is over
 * @param turnWait how long a message of JSON mode may wait until it is written to its link
 * @param writeStall a write to a link that takes no byte for so long closes the link
 * @param pingInterval a link silent for so long is pinged
 * @param silence a link silent for so long, whose peer has answered pings before, is closed
 * @param waitingSilence a link silent for so long while a request waits on it is pinged, and gets
 *     no new ones if it is silent for as long again
 * @param closeWait how long a closing side waits for the peer's close frame
 * @param bodyIdle how long the local service may be silent within a response's body, since event
 *     streams are
 * @param helloWait how long a peer that agreed to binary mode may take to begin it
 */
public record Limits(
        int jsonBodyBytes,
        int jsonMaxBody,
        int headBytes,
        int streams,
        Duration responseTimeout,
        Duration progressTimeout,
        Duration turnWait,
        Duration writeStall,
        Duration pingInterval,
        Duration silence,
        Duration waitingSilence,
        Duration closeWait,
        Duration bodyIdle,
        Duration helloWait) {

    /** The defaults. */
    public static final Limits DEFAULT =
            new Limits(
                    64 * 1024 * 1024,
                    4 * 1024,
                    64 * 1024,
                    1000,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(45),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2),
                    Duration.ofHours(1),
                    Duration.ofSeconds(10));

    /** The largest {@link #jsonMaxBody} that a {@code hello} can say. */
    public static final int MOST_JSON_MAX_BODY = 64 * 1024;

    private static final int JSON_HEAD_BYTES = 1 << 20;

    /** The longest JSON text message: base64 of the largest body, and 1 MiB for all the rest. */
    public int jsonMessageBytes() {
        return Math.toIntExact((jsonBodyBytes + 2L) / 3 * 4 + JSON_HEAD_BYTES);
    }

    /** A builder that starts with these limits. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some of them. Not safe for use by several threads. */
    public static final class Builder {
        private int jsonBodyBytes;
        private int jsonMaxBody;
        private int headBytes;
        private int streams;
        private Duration responseTimeout;
        private Duration progressTimeout;
        private Duration turnWait;
        private Duration writeStall;
        private Duration pingInterval;
        private Duration silence;
        private Duration waitingSilence;
        private Duration closeWait;
        private Duration bodyIdle;
        private Duration helloWait;

        private Builder(Limits from) {
            jsonBodyBytes = from.jsonBodyBytes;
            jsonMaxBody = from.jsonMaxBody;
            headBytes = from.headBytes;
            streams = from.streams;
            responseTimeout = from.responseTimeout;
            progressTimeout = from.progressTimeout;
            turnWait = from.turnWait;
            writeStall = from.writeStall;
            pingInterval = from.pingInterval;
            silence = from.silence;
            waitingSilence = from.waitingSilence;
            closeWait = from.closeWait;
            bodyIdle = from.bodyIdle;
            helloWait = from.helloWait;
        }

        /** See {@link Limits#jsonBodyBytes}. */
        public Builder jsonBodyBytes(int value) {
            jsonBodyBytes = value;
            return this;
        }

        /** See {@link Limits#jsonMaxBody}. */
        public Builder jsonMaxBody(int value) {
            jsonMaxBody = value;
            return this;
        }

        /** See {@link Limits#headBytes}. */
        public Builder headBytes(int value) {
            headBytes = value;
            return this;
        }

        /** See {@link Limits#streams}. */
        public Builder streams(int value) {
            streams = value;
            return this;
        }

        /** See {@link Limits#responseTimeout}. */
        public Builder responseTimeout(Duration value) {
            responseTimeout = value;
            return this;
        }

        /** See {@link Limits#progressTimeout}. */
        public Builder progressTimeout(Duration value) {
            progressTimeout = value;
            return this;
        }

        /** See {@link Limits#turnWait}. */
        public Builder turnWait(Duration value) {
            turnWait = value;
            return this;
        }

        /** See {@link Limits#writeStall}. */
        public Builder writeStall(Duration value) {
            writeStall = value;
            return this;
        }

        /** See {@link Limits#pingInterval} and {@link Limits#silence}. */
        public Builder pings(Duration interval, Duration longestSilence) {
            pingInterval = interval;
            silence = longestSilence;
            return this;
        }

        /** See {@link Limits#waitingSilence}. */
        public Builder waitingSilence(Duration value) {
            waitingSilence = value;
            return this;
        }

        /** See {@link Limits#closeWait}. */
        public Builder closeWait(Duration value) {
            closeWait = value;
            return this;
        }

        /** See {@link Limits#bodyIdle}. */
        public Builder bodyIdle(Duration value) {
            bodyIdle = value;
            return this;
        }

        /** See {@link Limits#helloWait}. */
        public Builder helloWait(Duration value) {
            helloWait = value;
            return this;
        }

        /** The limits. */
        public Limits build() {
            return new Limits(
                    jsonBodyBytes,
                    jsonMaxBody,
                    headBytes,
                    streams,
                    responseTimeout,
                    progressTimeout,
                    turnWait,
                    writeStall,
                    pingInterval,
                    silence,
                    waitingSilence,
                    closeWait,
                    bodyIdle,
                    helloWait);
        }
    }
}
