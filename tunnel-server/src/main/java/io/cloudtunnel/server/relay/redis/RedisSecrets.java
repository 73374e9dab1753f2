package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.SecretStore;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Secrets in Redis; the keys are those of docs/relay.md, "Deleted and rotated secrets". */
final class RedisSecrets implements SecretStore {

    private static final String[] KEYS = {
        "cloudtunnel:{secrets}:state",
        "cloudtunnel:{secrets}:changes",
        "cloudtunnel:{secrets}:version"
    };
    private static final String[] USE_KEYS = {
        "cloudtunnel:{secrets}:used", "cloudtunnel:{secrets}:used-since"
    };
    private static final String DELETED = "deleted";
    private static final int AT_ONCE = 500; // states in one command

    /**
     * Enters a state, and that it has changed; of changes the last 10,000 are kept in order. Says
     * whether a secret of some generation still counts: of the newest, or of the one before within
     * its grace.
     */
    static final String ENTER =
            """
            local function enter(id, state)
              redis.call('HSET', KEYS[1], id, state)
              redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), id)
              redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -10001)
            end
            local function generation(state)
              return tonumber((state or '0'):match('^%d+') or '0')
            end
            local function millis()
              local time = redis.call('TIME')
              return time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local function counts(state, given)
              local newest = generation(state)
              local ends = tonumber((state or ''):match(':(%d+)$') or '0')
              return state ~= 'deleted'
                  and (given >= newest or (given == newest - 1 and millis() < ends))
            end
            """;

    /** Tunnels and states, in turns. A state that is there stays, unless it is an earlier one. */
    private static final String RESTORE =
            ENTER
                    + """
                    local entered = 0
                    for i = 1, #ARGV, 2 do
                      local id, state = ARGV[i], ARGV[i + 1]
                      local now = redis.call('HGET', KEYS[1], id)
                      if now ~= 'deleted' and (state == 'deleted'
                          or generation(state) > generation(now)) then
                        enter(id, state)
                        entered = entered + 1
                      end
                    end
                    return entered
                    """;

    /** Tunnel, generation of the secret, grace in milliseconds. */
    private static final String ROTATE =
            ENTER
                    + """
                    local now = redis.call('HGET', KEYS[1], ARGV[1])
                    local given = tonumber(ARGV[2])
                    if not counts(now, given) then return false end
                    local state = string.format('%.0f:%.0f',
                        math.max(given, generation(now)) + 1, millis() + ARGV[3])
                    enter(ARGV[1], state)
                    return state
                    """;

    /** Version; gives version, how it is, then tunnels and states in turns, 1000 at most. */
    private static final String SINCE =
            """
            local now = tonumber(redis.call('GET', KEYS[3]) or '0')
            local known = tonumber(ARGV[1])
            if now < known then return {string.format('%.0f', now), 'lost'} end
            local all = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
            if #all > 0 and tonumber(all[2]) > known + 1
                and redis.call('ZCARD', KEYS[2]) >= 10000 then
              return {string.format('%.0f', now), 'incomplete'}
            end
            local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES',
                'LIMIT', 0, 1000)
            if #ids == 2000 then now = tonumber(ids[2000]) end
            local answer = {string.format('%.0f', now), 'complete'}
            for i = 1, #ids, 2 do
              answer[#answer + 1] = ids[i]
              answer[#answer + 1] = redis.call('HGET', KEYS[1], ids[i]) or '0:0'
            end
            return answer
            """;

    private static final String MILLIS =
            """
            local time = redis.call('TIME')
            local millis = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('SET', KEYS[2], string.format('%.0f', millis), 'NX')
            """;

    /** Expiry in milliseconds, then tunnels. What is known for twice the expiry is forgotten. */
    private static final String USED =
            MILLIS
                    + """
                    for i = 2, #ARGV do
                      redis.call('ZADD', KEYS[1], millis, ARGV[i])
                    end
                    return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf',
                        string.format('(%.0f', millis - 2 * ARGV[1]))
                    """;

    private static final String LAST_USED =
            MILLIS
                    + """
                    return redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('GET', KEYS[2])
                    """;

    private final RedisDirectory directory;
    private final RedisHoldings holdings;

    RedisSecrets(RedisDirectory directory, RedisHoldings holdings) {
        this.directory = directory;
        this.holdings = holdings;
    }

    private static String text(State state) {
        return state.deleted() ? DELETED : state.generation() + ":" + state.graceEndsMillis();
    }

    static State parse(String text) {
        if (text.equals(DELETED)) {
            return State.DELETED;
        }
        int colon = text.indexOf(':');
        return new State(
                false,
                Long.parseLong(text.substring(0, colon)),
                Long.parseLong(text.substring(colon + 1)));
    }

    @Override
    public Map<String, State> states(Collection<String> tunnels)
            throws BrokerException, InterruptedException {
        Map<String, State> states = new HashMap<>();
        List<String> all = List.copyOf(tunnels);
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            String[] some =
                    all.subList(i, Math.min(all.size(), i + AT_ONCE)).toArray(String[]::new);
            List<KeyValue<String, String>> found =
                    directory.call(redis -> redis.hmget(KEYS[0], some));
            for (KeyValue<String, String> each : found) {
                if (each.hasValue()) {
                    states.put(each.getKey(), parse(each.getValue()));
                }
            }
        }
        return states;
    }

    @Override
    public void delete(String tunnel) throws BrokerException, InterruptedException {
        holdings.delete(tunnel);
    }

    @Override
    public @Nullable State rotate(String tunnel, long generation, Duration grace)
            throws BrokerException, InterruptedException {
        String state =
                directory.<@Nullable String>call(redis ->
                        redis.eval(
                                ROTATE,
                                ScriptOutputType.VALUE,
                                KEYS,
                                tunnel,
                                Long.toString(generation),
                                Long.toString(grace.toMillis())));
        return state == null ? null : parse(state);
    }

    @Override
    public Changes since(long version) throws BrokerException, InterruptedException {
        List<String> answer =
                directory.call(redis ->
                        redis.eval(SINCE, ScriptOutputType.MULTI, KEYS, Long.toString(version)));
        Map<String, State> states = new HashMap<>();
        for (int i = 2; i < answer.size(); i += 2) {
            states.put(answer.get(i), parse(answer.get(i + 1)));
        }
        String how = answer.get(1);
        return new Changes(
                Long.parseLong(answer.get(0)), how.equals("complete"), how.equals("lost"), states);
    }

    @Override
    public void restore(Map<String, State> states) throws BrokerException, InterruptedException {
        List<String> pairs = new ArrayList<>(2 * AT_ONCE);
        for (Map.Entry<String, State> each : states.entrySet()) {
            pairs.add(each.getKey());
            pairs.add(text(each.getValue()));
            if (pairs.size() == 2 * AT_ONCE) {
                restore(pairs);
                pairs.clear();
            }
        }
        if (!pairs.isEmpty()) {
            restore(pairs);
        }
    }

    @Override
    public void used(Collection<String> tunnels, Duration expiry)
            throws BrokerException, InterruptedException {
        List<String> all = List.copyOf(tunnels);
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            List<String> arguments = new ArrayList<>();
            arguments.add(Long.toString(expiry.toMillis()));
            arguments.addAll(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
            String[] some = arguments.toArray(String[]::new);
            Long ignored =
                    directory.<Long>call(
                            redis -> redis.eval(USED, ScriptOutputType.INTEGER, USE_KEYS, some));
        }
    }

    @Override
    public long lastUsedMillis(String tunnel) throws BrokerException, InterruptedException {
        String millis =
                directory.call(
                        redis -> redis.eval(LAST_USED, ScriptOutputType.VALUE, USE_KEYS, tunnel));
        return (long) Double.parseDouble(millis);
    }

    private void restore(List<String> pairs) throws BrokerException, InterruptedException {
        String[] arguments = pairs.toArray(String[]::new);
        Long ignored =
                directory.<Long>call(
                        redis -> redis.eval(RESTORE, ScriptOutputType.INTEGER, KEYS, arguments));
    }
}
