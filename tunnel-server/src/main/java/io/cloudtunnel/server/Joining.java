package io.cloudtunnel.server;

import io.cloudtunnel.server.front.Role;
import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.nats.NatsBroker;
import io.cloudtunnel.server.relay.redis.RedisEngine;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Of a builder: what joins the server with others, and which part of the work it does. For one
 * thread.
 */
final class Joining {

    private Role role = Role.ALL;
    private @Nullable String redisUrl;
    private @Nullable Supplier<Engine> engine;

    /** As {@link TunnelServerBuilder#redisUrl}. */
    void redis(String url) {
        RedisEngine.check(url);
        redisUrl = url;
        engine = () -> RedisEngine.of(url);
    }

    /** As {@link TunnelServerBuilder#natsUrl}. */
    void nats(String url) {
        NatsBroker.check(url);
        String redis = redisUrl;
        if (redis == null) {
            throw new IllegalStateException("natsUrl needs redisUrl, set before");
        }
        engine = () -> new Engine(NatsBroker.of(url), RedisEngine.directoryOf(redis));
    }

    void engine(Supplier<Engine> joins) {
        engine = joins;
    }

    /** Null where the server is alone. */
    @Nullable Supplier<Engine> engine() {
        return engine;
    }

    /** As {@link TunnelServerBuilder#role}. */
    void role(String word) {
        role = Role.parse(word);
    }

    Role role() {
        return role;
    }

    /** As {@link TunnelServerBuilder#checkRole}. */
    void check(boolean knowsPublicUrl) {
        role.check(engine != null, knowsPublicUrl);
    }
}
