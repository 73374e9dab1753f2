package io.cloudtunnel.server.relay.servers;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A redis-server, with a password. */
public final class RedisServer extends RealServer {

    public static final String PASSWORD = "not-secret";

    private final @Nullable Certificate certificate;
    private final @Nullable Path home;

    private RedisServer(@Nullable Certificate certificate, @Nullable Path home)
            throws IOException, InterruptedException {
        this.certificate = certificate;
        this.home = home;
        start();
    }

    /** One that is started already. */
    public RedisServer() throws IOException, InterruptedException {
        this(null, null);
    }

    /** One that speaks TLS only. */
    public static RedisServer overTls(Certificate own) throws IOException, InterruptedException {
        return new RedisServer(own, null);
    }

    /** One that has kept what it was told when it is started again. */
    public static RedisServer onDisk(Path home) throws IOException, InterruptedException {
        return new RedisServer(null, home);
    }

    @Override
    List<String> command(int listensAt) {
        String port = Integer.toString(listensAt);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Installed.need("redis-server"),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--requirepass",
                                PASSWORD));
        if (home != null) {
            command.addAll(List.of("--appendonly", "yes", "--appendfsync", "always"));
            command.addAll(List.of("--dir", home.toString()));
        }
        if (certificate == null) {
            command.addAll(List.of("--port", port));
        } else {
            command.addAll(List.of("--port", "0", "--tls-port", port));
            command.addAll(List.of("--tls-cert-file", certificate.chain().toString()));
            command.addAll(List.of("--tls-key-file", certificate.key().toString()));
            command.addAll(List.of("--tls-auth-clients", "no"));
        }
        return command;
    }

    /** Lets heartbeats grow old, by the hand of somebody who deletes them, so that nobody waits. */
    public void forgetHeartbeats() {
        tell(redis -> redis.keys("cloudtunnel:alive:*").forEach(redis::del));
    }

    /** Does something by a client of its own. */
    public void tell(Consumer<RedisCommands<String, String>> what) {
        try (RedisClient client = RedisClient.create(url());
                var connection = client.connect()) {
            what.accept(connection.sync());
        }
    }

    @Override
    public String url() {
        return url("localhost");
    }

    /** By this name of the machine. */
    public String url(String host) {
        String scheme = certificate == null ? "redis" : "rediss";
        return scheme + "://:" + PASSWORD + "@" + host + ":" + port();
    }
}
