package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Directory;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.Leases;
import io.cloudtunnel.server.relay.PolicyStore;
import io.cloudtunnel.server.relay.SecretStore;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The directory in Redis; its keys are those of docs/relay.md, section 4. */
final class RedisDirectory implements Directory {

    static final String PREFIX = "cloudtunnel:";
    private static final Duration GENERATION_KEPT = Duration.ofDays(1);

    /** Owners, generation; instance, how long each is kept. */
    private static final String CLAIM =
            """
            local generation = redis.call('INCR', KEYS[2])
            redis.call('PEXPIRE', KEYS[2], ARGV[3])
            redis.call('HSET', KEYS[1], ARGV[1], generation)
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return generation
            """;

    /** Owners, generation; instance, generation, how long each is kept. */
    private static final String RENEW =
            """
            if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
              return 0
            end
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            redis.call('PEXPIRE', KEYS[2], ARGV[4])
            return 1
            """;

    /** Owners; instance, generation. */
    private static final String RELEASE =
            """
            if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
              return 0
            end
            return redis.call('HDEL', KEYS[1], ARGV[1])
            """;

    private final RedisEngine redis;
    private final Leases leases = new RedisLeases(this);
    private final RedisHoldings holdings = new RedisHoldings(this);
    private final SecretStore secrets = new RedisSecrets(this, holdings);

    private final PolicyStore policies = new RedisPolicies(this);

    RedisDirectory(RedisEngine redis) {
        this.redis = redis;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    private static String[] keys(String tunnel) {
        return new String[] {
            PREFIX + "{" + tunnel + "}:owners", PREFIX + "{" + tunnel + "}:generation"
        };
    }

    private static String alive(String instance) {
        return PREFIX + "alive:" + instance;
    }

    /** One command, and its answer. */
    <T> T call(Function<RedisAsyncCommands<String, String>, RedisFuture<T>> command)
            throws BrokerException, InterruptedException {
        RedisEngine.@Nullable Connections now = redis.connections();
        if (now == null) {
            throw new BrokerException("not connected yet", null);
        }
        try {
            return command.apply(now.directory().async())
                    .get(RedisEngine.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw new BrokerException("the directory does not answer", e);
        }
    }

    private long script(String script, String tunnel, String... arguments)
            throws BrokerException, InterruptedException {
        return this.<Long>call(
                redis -> redis.eval(script, ScriptOutputType.INTEGER, keys(tunnel), arguments));
    }

    static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }

    @Override
    public long claim(String tunnel, String instance) throws BrokerException, InterruptedException {
        return script(CLAIM, tunnel, instance, millis(KEPT), millis(GENERATION_KEPT));
    }

    @Override
    public boolean renew(String tunnel, String instance, long generation)
            throws BrokerException, InterruptedException {
        String number = Long.toString(generation);
        return script(RENEW, tunnel, instance, number, millis(KEPT), millis(GENERATION_KEPT)) > 0;
    }

    @Override
    public boolean release(String tunnel, String instance, long generation)
            throws BrokerException, InterruptedException {
        return script(RELEASE, tunnel, instance, Long.toString(generation)) > 0;
    }

    @Override
    public List<Owner> owners(String tunnel) throws BrokerException, InterruptedException {
        Map<String, String> claims = call(redis -> redis.hgetall(keys(tunnel)[0]));
        if (claims.isEmpty()) {
            return List.of();
        }
        Map<String, Integer> living = living(List.copyOf(claims.keySet()));
        List<Owner> owners = new ArrayList<>(claims.size());
        for (Map.Entry<String, String> claim : claims.entrySet()) {
            String instance = claim.getKey();
            long generation = Long.parseLong(claim.getValue());
            Integer load = living.get(instance);
            if (load != null) {
                owners.add(new Owner(instance, generation, load));
            } else {
                boolean ignored = release(tunnel, instance, generation);
            }
        }
        return owners;
    }

    /** Those of some instances that live, and their loads. */
    Map<String, Integer> living(List<String> instances)
            throws BrokerException, InterruptedException {
        if (instances.isEmpty()) {
            return Map.of();
        }
        String[] heartbeats = instances.stream().map(RedisDirectory::alive).toArray(String[]::new);
        List<KeyValue<String, String>> loads = call(redis -> redis.mget(heartbeats));
        Map<String, Integer> living = new HashMap<>();
        for (int i = 0; i < instances.size(); i++) {
            if (loads.get(i).hasValue()) {
                living.put(instances.get(i), Integer.parseInt(loads.get(i).getValue()));
            }
        }
        return living;
    }

    @Override
    public boolean beat(String instance, int load) throws BrokerException, InterruptedException {
        SetArgs kept = SetArgs.Builder.px(ALIVE.toMillis());
        return call(redis -> redis.setGet(alive(instance), Integer.toString(load), kept)) != null;
    }

    @Override
    public void leave(String instance) throws BrokerException, InterruptedException {
        var unused = call(redis -> redis.del(alive(instance)));
    }

    @Override
    public SecretStore secrets() {
        return secrets;
    }

    @Override
    public Holdings holdings() {
        return holdings;
    }

    @Override
    public PolicyStore policies() {
        return policies;
    }

    @Override
    public void close() {
        redis.close();
    }
}
