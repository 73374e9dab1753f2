package io.cloudtunnel.server.relay.servers;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A nats-server, with a name and a password, or with a token. */
public final class NatsServer extends RealServer {

    public static final String PASSWORD = "not:se/cret@all+";
    private static final String NAME = "relay";

    private final @Nullable Certificate certificate;
    private final @Nullable String token;

    private NatsServer(@Nullable Certificate certificate, @Nullable String token)
            throws IOException, InterruptedException {
        this.certificate = certificate;
        this.token = token;
        start();
    }

    /** One that is started already. */
    public NatsServer() throws IOException, InterruptedException {
        this(null, null);
    }

    /** One that speaks TLS only. */
    public static NatsServer overTls(Certificate own) throws IOException, InterruptedException {
        return new NatsServer(own, null);
    }

    /** One that asks for a token. */
    public static NatsServer withToken(String token) throws IOException, InterruptedException {
        return new NatsServer(null, token);
    }

    @Override
    List<String> command(int listensAt) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Installed.need("nats-server"),
                                "--addr",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(listensAt)));
        if (token == null) {
            command.addAll(List.of("--user", NAME, "--pass", PASSWORD));
        } else {
            command.addAll(List.of("--auth", token));
        }
        if (certificate != null) {
            command.add("--tls");
            command.add("--tlscert=" + certificate.chain());
            command.add("--tlskey=" + certificate.key());
        }
        return command;
    }

    @Override
    public String url() {
        return url("localhost");
    }

    /** By this name of the machine. */
    public String url(String host) {
        String scheme = certificate == null ? "nats" : "tls";
        String user = token == null ? NAME + ":" + encoded(PASSWORD) : encoded(token);
        return scheme + "://" + user + "@" + host + ":" + port();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
