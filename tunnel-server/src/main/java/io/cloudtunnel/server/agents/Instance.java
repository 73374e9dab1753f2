package io.cloudtunnel.server.agents;

import io.cloudtunnel.server.observe.RequestIds;
import java.time.Clock;
import java.time.Instant;

/**
 * One running server.
 *
 * @param id random, new with each start
 * @param started when it started
 */
public record Instance(String id, Instant started) {

    /** A new one. */
    public static Instance create(Clock clock) {
        return new Instance(RequestIds.random(), clock.instant());
    }
}
