package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.PolicyStore;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.SetArgs;
import org.jspecify.annotations.Nullable;

/** Policies in Redis, in a key of their own each, which ends by itself. */
final class RedisPolicies implements PolicyStore {

    private final RedisDirectory directory;

    RedisPolicies(RedisDirectory directory) {
        this.directory = directory;
    }

    private static String key(String hash) {
        return "cloudtunnel:policy:" + hash;
    }

    @Override
    public void keep(String hash, String policy) throws BrokerException, InterruptedException {
        SetArgs kept = SetArgs.Builder.px(KEPT.toMillis());
        var unused = directory.<String>call(redis -> redis.set(key(hash), policy, kept));
    }

    @Override
    public @Nullable String find(String hash) throws BrokerException, InterruptedException {
        GetExArgs again = GetExArgs.Builder.px(KEPT.toMillis());
        return directory.<@Nullable String>call(redis -> redis.getex(key(hash), again));
    }
}
