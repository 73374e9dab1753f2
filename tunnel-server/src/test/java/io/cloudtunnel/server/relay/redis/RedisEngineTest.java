package io.cloudtunnel.server.relay.redis;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.EngineContract;
import io.cloudtunnel.server.relay.servers.RedisServer;
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

    @Override
    protected void letHeartbeatsExpire() {
        redis.forgetHeartbeats();
    }

    @Test
    void otherUrlsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> RedisEngine.check("http://localhost"));
        assertThrows(IllegalArgumentException.class, () -> RedisEngine.check("redis"));
    }
}
