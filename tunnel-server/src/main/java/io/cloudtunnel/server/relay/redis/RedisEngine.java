package io.cloudtunnel.server.relay.redis;

import io.cloudtunnel.server.relay.Directory;
import io.cloudtunnel.server.relay.Engine;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to a Redis: one for each of what is published, what is received, and the
 * directory, so that none waits behind another; or that for the directory alone. Connects in the
 * background, again and again. Safe for use by several threads.
 */
public final class RedisEngine implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int MOST_QUEUED = 65_536;
    private static final int THREADS = 2;
    private static final Logger LOGGER = System.getLogger(RedisEngine.class.getName());

    /** Those of the broker. */
    record Frames(
            StatefulRedisConnection<byte[], byte[]> publishing,
            StatefulRedisPubSubConnection<byte[], byte[]> receiving) {}

    /**
     * The connections, once each of them was made; then they come back by themselves.
     *
     * @param frames null where another engine carries them
     */
    record Connections(@Nullable Frames frames, StatefulRedisConnection<String, String> directory) {

        boolean isOpen() {
            boolean carries =
                    frames == null || (frames.publishing.isOpen() && frames.receiving.isOpen());
            return carries && directory.isOpen();
        }
    }

    /** Told of connections; does not block. */
    interface Watcher {
        void connected(Frames frames);

        void disconnected();
    }

    private final Client receiving;
    private final @Nullable Client publishing; // null where another engine carries frames
    private final Thread connector;
    private volatile @Nullable Connections connections;
    private volatile @Nullable Watcher watcher;
    private volatile boolean closed;

    /**
     * A client with threads of its own. What is published by a thread of the connection itself goes
     * ahead of what others have published before: so what is received, and answered at once, comes
     * by another client.
     */
    private record Client(ClientResources resources, RedisClient redis) {

        Client(RedisURI uri) {
            this(
                    DefaultClientResources.builder()
                            .ioThreadPoolSize(THREADS)
                            .computationThreadPoolSize(THREADS)
                            .reconnectDelay(Delay.constant(BETWEEN))
                            .build(),
                    uri);
        }

        private Client(ClientResources resources, RedisURI uri) {
            this(resources, RedisClient.create(resources, uri));
            redis.setOptions(
                    ClientOptions.builder()
                            .disconnectedBehavior(
                                    ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                            .requestQueueSize(MOST_QUEUED)
                            .socketOptions(
                                    SocketOptions.builder()
                                            .connectTimeout(TIMEOUT)
                                            .keepAlive(true)
                                            .build())
                            .build());
        }

        void close() {
            redis.shutdown(0, BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
            var unused = resources.shutdown(0, BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private RedisEngine(RedisURI uri, boolean carriesFrames) {
        this.receiving = new Client(uri);
        this.publishing = carriesFrames ? new Client(uri) : null;
        RedisConnectionStateListener listener =
                new RedisConnectionStateListener() {
                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                        disconnected();
                    }
                };
        receiving.redis().addListener(listener);
        if (publishing != null) {
            publishing.redis().addListener(listener);
        }
        this.connector = Thread.ofVirtual().name("tunnel-redis-connect").unstarted(this::connect);
    }

    /**
     * Broker and directory of a Redis, which need not run yet.
     *
     * @param url such as {@code redis://:password@host:6379/0}, or {@code rediss://} over TLS
     * @throws IllegalArgumentException if it is malformed
     */
    public static Engine of(String url) {
        RedisEngine redis = new RedisEngine(parse(url), true);
        return new Engine(new RedisBroker(redis), new RedisDirectory(redis));
    }

    /**
     * The directory alone, beside another engine's broker. Begins to connect at once.
     *
     * @throws IllegalArgumentException if the URL is malformed
     */
    public static Directory directoryOf(String url) {
        RedisEngine redis = new RedisEngine(parse(url), false);
        redis.connector.start();
        return new RedisDirectory(redis);
    }

    /**
     * Whether it is a URL of a Redis.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static void check(String url) {
        RedisURI ignored = parse(url);
    }

    private static RedisURI parse(String url) {
        if (!url.startsWith("redis://") && !url.startsWith("rediss://")) {
            throw new IllegalArgumentException("it begins neither with redis:// nor rediss://");
        }
        RedisURI uri = RedisURI.create(url);
        uri.setTimeout(TIMEOUT);
        return uri;
    }

    void start(Watcher told) {
        watcher = told;
        connector.start();
    }

    private void connect() {
        boolean said = false;
        while (!closed && connections == null) {
            try {
                Connections made = make();
                connections = made;
                Watcher told = watcher;
                Frames frames = made.frames();
                if (told != null && frames != null) {
                    told.connected(frames);
                }
            } catch (RuntimeException e) {
                if (!said) {
                    said = true;
                    LOGGER.log(
                            Level.WARNING,
                            "the broker cannot be reached, and is tried again: {0}",
                            reason(e));
                }
                pause();
            }
        }
    }

    /** What a failure says, without the address, which may be private. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName();
    }

    private void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        } catch (InterruptedException e) {
            closed = true; // nobody else interrupts this thread
        }
    }

    private Connections make() {
        var directory = receiving.redis().connect(StringCodec.UTF8);
        try {
            return new Connections(publishing == null ? null : frames(publishing), directory);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private Frames frames(Client sender) {
        var sending = sender.redis().connect(ByteArrayCodec.INSTANCE);
        try {
            return new Frames(sending, receiving.redis().connectPubSub(ByteArrayCodec.INSTANCE));
        } catch (RuntimeException e) {
            sending.close();
            throw e;
        }
    }

    private void disconnected() {
        Watcher told = watcher;
        if (told != null && connections != null && !closed) {
            told.disconnected();
        }
    }

    /** Null before they were made for the first time. */
    @Nullable Connections connections() {
        return connections;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        connector.interrupt();
        receiving.close();
        if (publishing != null) {
            publishing.close();
        }
    }
}
