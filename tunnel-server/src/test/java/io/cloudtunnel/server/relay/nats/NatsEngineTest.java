package io.cloudtunnel.server.relay.nats;

import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.EngineContract;
import io.cloudtunnel.server.relay.redis.RedisEngine;
import io.cloudtunnel.server.relay.servers.NatsServer;
import io.cloudtunnel.server.relay.servers.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, kept by the real nats-server beside the real redis-server. */
class NatsEngineTest extends EngineContract {

    private static RedisServer redis;
    private static NatsServer nats;

    @BeforeAll
    static void start() throws Exception {
        redis = new RedisServer();
        nats = new NatsServer();
    }

    @AfterAll
    static void stop() {
        nats.close();
        redis.close();
    }

    @Override
    protected Engine engine() {
        return new Engine(NatsBroker.of(nats.url()), RedisEngine.directoryOf(redis.url()));
    }

    @Override
    protected void stopBroker() throws Exception {
        nats.stop();
    }

    @Override
    protected void startBroker() throws Exception {
        nats.start();
    }

    @Override
    protected void letHeartbeatsExpire() {
        redis.forgetHeartbeats();
    }
}
