package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.Engine;
import io.cloudtunnel.server.relay.HoldingsContract;
import io.cloudtunnel.server.relay.SecretStore;
import io.cloudtunnel.server.relay.servers.RedisServer;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, kept by the real redis-server. */
class RedisSecretsTest extends HoldingsContract {

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
    protected void empty() {
        redis.tell(RedisServerCommands::flushall);
    }

    /** Of changes the last 10,000 are kept in order; of states all, and none of them expires. */
    @Test
    void moreChangesThanAreKeptInOrder() throws Exception {
        SecretStore store = store();
        Map<String, SecretStore.State> many = new HashMap<>();
        for (int i = 0; i < 10_500; i++) {
            many.put("t" + i, SecretStore.State.DELETED);
        }
        store.restore(many);
        Assertions.assertFalse(store.since(0).complete());
        Assertions.assertEquals(10_500, store.states(many.keySet()).size());
        SecretStore.Changes some = store.since(9000);
        Assertions.assertTrue(some.complete());
        Assertions.assertEquals(1000, some.states().size());
        Assertions.assertEquals(10_000, some.version());
        Assertions.assertEquals(500, store.since(some.version()).states().size());
        redis.tell(commands -> {
            for (String key : commands.keys("*")) {
                Assertions.assertEquals(-1, commands.ttl(key), key);
            }
        });
    }
}
