package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Limits;
import java.time.Duration;

/** Limits for tests. */
final class Limit {

    static final Duration LONG = Duration.ofSeconds(20);

    private Limit() {}

    static Limits streams(int streams) {
        return of(streams, 1 << 20, LONG);
    }

    static Limits time(Duration responseTimeout) {
        return of(100, 1 << 20, responseTimeout);
    }

    static Limits body(int bytes) {
        return of(100, bytes, LONG);
    }

    static Limits of(int streams, int bodyBytes, Duration responseTimeout) {
        return Limits.DEFAULT.toBuilder()
                .jsonBodyBytes(bodyBytes)
                .streams(streams)
                .responseTimeout(responseTimeout)
                .progressTimeout(LONG)
                .writeStall(LONG)
                .pings(LONG, LONG)
                .closeWait(LONG)
                .bodyIdle(LONG)
                .build();
    }

    static Limits link(Duration ping, Duration silence, Duration stall, Duration closeWait) {
        return body(1 << 20).toBuilder()
                .writeStall(stall)
                .pings(ping, silence)
                .closeWait(closeWait)
                .build();
    }
}
