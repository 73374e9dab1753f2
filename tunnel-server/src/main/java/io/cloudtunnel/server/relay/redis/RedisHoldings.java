package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.auth.TunnelNames;
import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Holdings;
import io.cloudtunnel.server.relay.SecretStore.State;
import io.lettuce.core.ScriptOutputType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holdings in Redis; the keys are those of docs/relay.md, section 10. */
final class RedisHoldings implements Holdings {

    private static final String HELD = "cloudtunnel:{secrets}:held:";
    private static final String[] KEYS = {
        "cloudtunnel:{secrets}:state",
        "cloudtunnel:{secrets}:changes",
        "cloudtunnel:{secrets}:version",
        "cloudtunnel:{secrets}:owners",
        "cloudtunnel:{secrets}:names",
        "cloudtunnel:{secrets}:freed",
        "cloudtunnel:{secrets}:names-version"
    };

    private static final String OTHER = "other";
    private static final String FULL = "full";

    /** Tunnel, owner, most tunnels, most names or 0 where the tunnel has none; the held ones. */
    private static final String TAKE =
            RedisSecrets.ENTER
                    + """
                    local tunnel, owner = ARGV[1], ARGV[2]
                    local state = redis.call('HGET', KEYS[1], tunnel)
                    local now = redis.call('HGET', KEYS[4], tunnel)
                    if now == owner then return string.format('%.0f', generation(state)) end
                    if now then return 'other' end
                    local names = tonumber(ARGV[4])
                    if redis.call('SCARD', KEYS[8]) >= tonumber(ARGV[3])
                        or (names > 0 and redis.call('ZCARD', KEYS[5]) >= names) then
                      return 'full'
                    end
                    local first = 0
                    if names > 0 then
                      first = math.max(generation(state) + 1, tonumber(redis.call('TIME')[1]))
                      enter(tunnel, string.format('%.0f:0', first))
                      redis.call('ZADD', KEYS[5], redis.call('INCR', KEYS[7]), tunnel)
                      redis.call('ZREM', KEYS[6], tunnel)
                    end
                    redis.call('HSET', KEYS[4], tunnel, owner)
                    redis.call('SADD', KEYS[8], tunnel)
                    return string.format('%.0f', first)
                    """;

    /** That a tunnel is nobody's any more; its owner's set is of the same slot as all else. */
    private static final String DROP =
            RedisSecrets.ENTER
                    + """
                    local function drop(tunnel)
                      local owner = redis.call('HGET', KEYS[4], tunnel)
                      if owner then
                        redis.call('HDEL', KEYS[4], tunnel)
                        redis.call('SREM', 'cloudtunnel:{secrets}:held:' .. owner, tunnel)
                      end
                    end
                    """;

    /** Name, generation of the secret. */
    private static final String FREE =
            DROP
                    + """
                    local name, given = ARGV[1], tonumber(ARGV[2])
                    local now = redis.call('HGET', KEYS[1], name)
                    if not counts(now, given) then return false end
                    local state = string.format('%.0f:0', math.max(given, generation(now)) + 1)
                    enter(name, state)
                    drop(name)
                    if redis.call('ZREM', KEYS[5], name) == 1 then
                      redis.call('ZADD', KEYS[6], redis.call('INCR', KEYS[7]), name)
                      redis.call('ZREMRANGEBYRANK', KEYS[6], 0, -1001)
                    end
                    return state
                    """;

    /** Tunnel. */
    private static final String DELETE =
            DROP
                    + """
                    drop(ARGV[1])
                    if redis.call('HGET', KEYS[1], ARGV[1]) ~= 'deleted' then
                      enter(ARGV[1], 'deleted')
                    end
                    return 1
                    """;

    /** Version; gives version, how it is, the number of names that were taken, and all names. */
    private static final String NAMES =
            """
            local now = tonumber(redis.call('GET', KEYS[7]) or '0')
            local known = tonumber(ARGV[1])
            local oldest = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')
            local fresh = known == 0 or known > now
                or (redis.call('ZCARD', KEYS[6]) >= 1000 and tonumber(oldest[2]) > known + 1)
            if fresh then known = 0 end
            local after = '(' .. string.format('%.0f', known)
            local taken = redis.call('ZRANGEBYSCORE', KEYS[5], after, '+inf', 'WITHSCORES',
                'LIMIT', 0, fresh and -1 or 1000)
            local more = not fresh and #taken == 2000
            if more then now = tonumber(taken[2000]) end
            local answer = {string.format('%.0f', now), fresh and 'fresh' or 'next',
                more and 'more' or 'all', string.format('%.0f', #taken / 2)}
            for i = 1, #taken, 2 do answer[#answer + 1] = taken[i] end
            if not fresh then
              local freed = redis.call('ZRANGEBYSCORE', KEYS[6], after, now)
              for i = 1, #freed do answer[#answer + 1] = freed[i] end
            end
            return answer
            """;

    private final RedisDirectory directory;

    RedisHoldings(RedisDirectory directory) {
        this.directory = directory;
    }

    @Override
    public Taken take(String tunnel, String owner, int most)
            throws BrokerException, InterruptedException {
        String[] keys = {
            KEYS[0], KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], HELD + owner
        };
        String answer =
                directory.<String>call(redis ->
                        redis.eval(
                                TAKE,
                                ScriptOutputType.VALUE,
                                keys,
                                tunnel,
                                owner,
                                Integer.toString(most),
                                TunnelNames.isName(tunnel) ? Integer.toString(MOST_NAMES) : "0"));
        return switch (answer) {
            case OTHER -> new Taken.OfAnother();
            case FULL -> new Taken.TooMany();
            default -> new Taken.Yes(Long.parseLong(answer));
        };
    }

    @Override
    public @Nullable State free(String name, long generation)
            throws BrokerException, InterruptedException {
        String state =
                directory.<@Nullable String>call(redis ->
                        redis.eval(
                                FREE,
                                ScriptOutputType.VALUE,
                                KEYS,
                                name,
                                Long.toString(generation)));
        return state == null ? null : RedisSecrets.parse(state);
    }

    /** As {@link io.cloudtunnel.server.relay.SecretStore#delete}. */
    void delete(String tunnel) throws BrokerException, InterruptedException {
        Long ignored =
                directory.<Long>call(
                        redis -> redis.eval(DELETE, ScriptOutputType.INTEGER, KEYS, tunnel));
    }

    @Override
    public List<String> of(String owner) throws BrokerException, InterruptedException {
        return List.copyOf(directory.call(redis -> redis.smembers(HELD + owner)));
    }

    @Override
    public Names names(long version) throws BrokerException, InterruptedException {
        List<String> answer =
                directory.call(redis ->
                        redis.eval(NAMES, ScriptOutputType.MULTI, KEYS, Long.toString(version)));
        int taken = 4 + Integer.parseInt(answer.get(3));
        return new Names(
                Long.parseLong(answer.get(0)),
                answer.get(1).equals("fresh"),
                answer.get(2).equals("more"),
                Set.copyOf(answer.subList(4, taken)),
                new HashSet<>(answer.subList(taken, answer.size())));
    }
}
