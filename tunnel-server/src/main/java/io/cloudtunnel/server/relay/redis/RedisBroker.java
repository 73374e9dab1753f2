package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.Broker;
import io.cloudtunnel.server.relay.BrokerException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Redis pub/sub. */
final class RedisBroker implements Broker {

    private static final String CHANNEL = "cloudtunnel:i:";

    private final RedisEngine redis;
    private volatile boolean subscribed;

    RedisBroker(RedisEngine redis) {
        this.redis = redis;
    }

    private static byte[] channel(String instance) {
        return (CHANNEL + instance).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void subscribe(String instance, Receiver receiver) {
        redis.start(
                new RedisEngine.Watcher() {
                    @Override
                    public void connected(RedisEngine.Frames frames) {
                        frames.receiving().addListener(new Listener(receiver));
                        // From now on the client subscribes again whenever it connects again.
                        var unused = frames.receiving().async().subscribe(channel(instance));
                    }

                    @Override
                    public void disconnected() {
                        subscribed = false;
                        receiver.lost();
                    }
                });
    }

    private final class Listener extends RedisPubSubAdapter<byte[], byte[]> {
        private final Receiver receiver;

        Listener(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void message(byte[] channel, byte[] message) {
            receiver.received(message);
        }

        @Override
        public void subscribed(byte[] channel, long count) {
            subscribed = true;
        }
    }

    @Override
    public CompletionStage<Long> publish(String instance, byte[] message) {
        RedisEngine.@Nullable Connections now = redis.connections();
        RedisEngine.@Nullable Frames frames = now == null ? null : now.frames();
        if (frames == null) {
            return CompletableFuture.failedFuture(new BrokerException("not connected yet", null));
        }
        return frames.publishing().async().publish(channel(instance), message);
    }

    @Override
    public boolean isConnected() {
        RedisEngine.@Nullable Connections now = redis.connections();
        return subscribed && now != null && now.isOpen();
    }

    @Override
    public void close() {
        redis.close();
    }
}
