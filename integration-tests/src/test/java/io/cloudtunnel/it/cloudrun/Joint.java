package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.server.relay.servers.NatsServer;
import io.cloudtunnel.server.relay.servers.RealServer;
import io.cloudtunnel.server.relay.servers.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What joins several instances, as processes of its own. For one thread.
 *
 * @param environment what instances are told of it
 */
record Joint(Map<String, String> environment, List<RealServer> servers) implements AutoCloseable {

    /** A Redis alone. */
    static Joint redis() throws IOException, InterruptedException {
        RedisServer redis = new RedisServer();
        return new Joint(Map.of("REDIS_URL", redis.url()), List.of(redis));
    }

    /** A Redis for the directory, a NATS for the frames. */
    static Joint nats() throws IOException, InterruptedException {
        RedisServer redis = new RedisServer();
        NatsServer nats = new NatsServer();
        return new Joint(
                Map.of("REDIS_URL", redis.url(), "NATS_URL", nats.url()), List.of(redis, nats));
    }

    /** All of it ends at once. */
    void stop() throws InterruptedException {
        for (RealServer server : servers) {
            server.stop();
        }
    }

    /** It begins again, empty; when this returns, it can be reached. */
    void start() throws IOException, InterruptedException {
        for (RealServer server : servers) {
            server.start();
        }
    }

    @Override
    public void close() {
        servers.forEach(RealServer::close);
    }
}
