package io.cloudtunnel.server.relay.redis;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.EngineContract;
import io.cloudtunnel.server.relay.servers.RedisServer;
import io.lettuce.core.RedisClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, kept by the real redis-server, with a password. */
class RedisEngineTest extends EngineContract {

    private static RedisServer redis;

    @BeforeAll
    static void start() throws Exception {
        redis = new RedisServer();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected Engine engine() {
        return RedisEngine.of(redis.url());
    }

    @Override
    protected void stopBroker() throws Exception {
        redis.stop();
    }

    @Override
    protected void startBroker() throws Exception {
        redis.start();
    }

    /** By the hand of somebody who deletes them, so that nobody waits. */
    @Override
    protected void letHeartbeatsExpire() {
        try (RedisClient client = RedisClient.create(redis.url());
                var connection = client.connect()) {
            connection.sync().keys("cloudtunnel:alive:*").forEach(connection.sync()::del);
        }
    }

    @Test
    void otherUrlsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> RedisEngine.check("http://localhost"));
        assertThrows(IllegalArgumentException.class, () -> RedisEngine.check("redis"));
    }
}
