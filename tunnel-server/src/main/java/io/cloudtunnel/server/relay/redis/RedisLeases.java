package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.Directory;
import io.cloudtunnel.server.relay.Leases;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The leases in Redis; their keys are those of docs/relay.md, section 5. */
final class RedisLeases implements Leases {

    private static final Duration REPLACED_KEPT = Duration.ofDays(1);
    private static final String SERVES = "i:"; // before an instance's id, as the next one
    private static final String WAITS = "p:";

    /** What the script says. */
    private static final long HELD = 1;

    private static final long REPLACED = -1;
    private static final long CHANGED = -2;
    private static final int MOST_TRIES = 3;

    /**
     * Lease, replaced; agent, instance, the generation that was seen or "", "1" if an instance that
     * lives serves the one that has it, "1" if others hold links, how long the unknown lasts, how
     * long a lease and who was replaced is kept.
     */
    private static final String TAKE =
            """
            local agent, instance = ARGV[1], ARGV[2]
            if redis.call('LPOS', KEYS[2], agent) then return -1 end
            local generation = redis.call('HGET', KEYS[1], 'generation')
            if (generation or '') ~= ARGV[3] then return -2 end
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            if not generation then
              redis.call('HSET', KEYS[1], 'agent', agent, 'generation', now, 'since', now,
                'p:' .. instance, '1')
              redis.call('PEXPIRE', KEYS[1], ARGV[7])
              return 0
            end
            local has = redis.call('HGET', KEYS[1], 'agent')
            local since = redis.call('HGET', KEYS[1], 'since')
            if has ~= agent then
              if ARGV[4] == '1' then
                redis.call('HSET', KEYS[1], 'wanted', agent)
                return 0
              end
              redis.call('LPUSH', KEYS[2], has)
              redis.call('LTRIM', KEYS[2], 0, 63)
              redis.call('PEXPIRE', KEYS[2], ARGV[8])
              redis.call('DEL', KEYS[1])
              redis.call('HSET', KEYS[1], 'agent', agent, 'generation', generation + 1)
              if since then redis.call('HSET', KEYS[1], 'since', since) end
            end
            redis.call('PEXPIRE', KEYS[1], ARGV[7])
            if ARGV[5] == '1' or since and now - since < tonumber(ARGV[6]) then
              redis.call('HSET', KEYS[1], 'p:' .. instance, '1')
              return 0
            end
            redis.call('HSET', KEYS[1], 'i:' .. instance, '1')
            redis.call('HDEL', KEYS[1], 'since', 'p:' .. instance)
            redis.call('HINCRBY', KEYS[1], 'generation', 1)
            return 1
            """;

    /** Lease, replaced; agent, instance, "1" if it was replaced, how long that is kept. */
    private static final String GIVE_UP =
            """
            if ARGV[3] == '1' and not redis.call('LPOS', KEYS[2], ARGV[1]) then
              redis.call('LPUSH', KEYS[2], ARGV[1])
              redis.call('LTRIM', KEYS[2], 0, 63)
              redis.call('PEXPIRE', KEYS[2], ARGV[4])
            end
            if redis.call('HGET', KEYS[1], 'agent') ~= ARGV[1] then return 0 end
            redis.call('HDEL', KEYS[1], 'i:' .. ARGV[2], 'p:' .. ARGV[2])
            redis.call('HINCRBY', KEYS[1], 'generation', 1)
            return 1
            """;

    private final RedisDirectory directory;

    RedisLeases(RedisDirectory directory) {
        this.directory = directory;
    }

    private static String[] keys(String tunnel) {
        String prefix = RedisDirectory.PREFIX + "{" + tunnel + "}:";
        return new String[] {prefix + "exclusive", prefix + "replaced"};
    }

    private long script(String script, String tunnel, String... arguments)
            throws BrokerException, InterruptedException {
        return directory.<Long>call(
                redis -> redis.eval(script, ScriptOutputType.INTEGER, keys(tunnel), arguments));
    }

    private Map<String, String> read(String tunnel) throws BrokerException, InterruptedException {
        return directory.call(redis -> redis.hgetall(keys(tunnel)[0]));
    }

    /** Instances that are named in fields of a kind, and live. */
    private Set<String> living(Map<String, String> lease, String kind)
            throws BrokerException, InterruptedException {
        List<String> instances = new ArrayList<>();
        for (String field : lease.keySet()) {
            if (field.startsWith(kind)) {
                instances.add(field.substring(kind.length()));
            }
        }
        return directory.living(instances).keySet();
    }

    @Override
    public Answer take(String tunnel, String agent, String instance)
            throws BrokerException, InterruptedException {
        for (int i = 0; i < MOST_TRIES; i++) {
            Map<String, String> lease = read(tunnel);
            Set<String> serving = new HashSet<>(living(lease, SERVES));
            Set<String> others = new HashSet<>();
            for (Directory.Owner owner : directory.owners(tunnel)) {
                others.add(owner.instance());
            }
            boolean same = agent.equals(lease.get("agent"));
            serving.remove(same ? instance : ""); // what it serves itself is no obstacle
            others.remove(instance);
            others.removeAll(serving);
            long said =
                    script(
                            TAKE,
                            tunnel,
                            agent,
                            instance,
                            lease.getOrDefault("generation", ""),
                            serving.isEmpty() ? "0" : "1",
                            others.isEmpty() ? "0" : "1",
                            RedisDirectory.millis(UNKNOWN),
                            RedisDirectory.millis(Directory.KEPT),
                            RedisDirectory.millis(REPLACED_KEPT));
            if (said == HELD) {
                return new Held();
            } else if (said == REPLACED) {
                return new Replaced();
            } else if (said != CHANGED) {
                others.addAll(same ? Set.of() : serving);
                return new Taken(Set.copyOf(others));
            }
        }
        return new Taken(Set.of());
    }

    @Override
    public void giveUp(String tunnel, String agent, String instance, boolean replaced)
            throws BrokerException, InterruptedException {
        long ignored =
                script(
                        GIVE_UP,
                        tunnel,
                        agent,
                        instance,
                        replaced ? "1" : "0",
                        RedisDirectory.millis(REPLACED_KEPT));
    }

    @Override
    public @Nullable Lease find(String tunnel) throws BrokerException, InterruptedException {
        Map<String, String> lease = read(tunnel);
        String agent = lease.get("agent");
        boolean counts =
                agent != null
                        && !(living(lease, SERVES).isEmpty() && living(lease, WAITS).isEmpty());
        return agent == null || !counts ? null : new Lease(agent, lease.get("wanted"));
    }
}
