package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.TunnelServerBuilder;
import io.cloudtunnel.server.relay.servers.RedisServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The same local service by each way. What a way needs starts when it is first gone. */
final class Ways implements AutoCloseable {

    /** Where requests of JSON mode get too large. */
    static final int JSON_BODY_BYTES = 256 * 1024;

    /** What the application around the embedded server says at {@code /own}. */
    static final String OWN = "the application's own";

    /** Requests that reached the application below {@code /below/}. */
    static final AtomicInteger REQUESTS_BELOW = new AtomicInteger();

    private static final Limits LIMITS =
            Limits.DEFAULT.toBuilder().jsonBodyBytes(JSON_BODY_BYTES).build();

    private final Path folder;
    private final RawService.Handler handler;
    private final Map<Way, Rig> rigs = new EnumMap<>(Way.class);
    private RedisServer redis;

    private Ways(Path folder, RawService.Handler handler) {
        this.folder = folder;
        this.handler = handler;
    }

    static Ways start(Path folder, RawService.Handler handler) {
        return new Ways(folder, handler);
    }

    /** Where the application's addresses become the public's is another test's: PrefixIT. */
    private static TunnelServerBuilder server(TunnelServerBuilder builder) {
        return builder.rewritePrefix(false).limits(LIMITS);
    }

    private static TunnelAgentBuilder agent(TunnelAgentBuilder builder) {
        return builder.limits(LIMITS);
    }

    private static HttpRouting.Builder application() {
        return HttpRouting.builder()
                .any(
                        "/below/*",
                        (request, response) -> {
                            REQUESTS_BELOW.incrementAndGet();
                            response.send(OWN);
                        })
                .get("/own", (request, response) -> response.send(OWN))
                .post(
                        "/own",
                        (request, response) -> response.send(request.content().as(String.class)));
    }

    /** The rig behind a way; a direct one has none, but any rig's local service is it. */
    Rig rig(Way way) throws Exception {
        Way like =
                switch (way) {
                    case DIRECT -> Way.BINARY;
                    case H2C -> Way.RELAYED;
                    default -> way;
                };
        Rig known = rigs.get(like);
        if (known == null) {
            known = begin(like);
            rigs.put(like, known);
        }
        return known;
    }

    private Rig begin(Way way) throws Exception {
        Path home = folder.resolve(way.name());
        return switch (way) {
            case EMBEDDED -> Rig.embedded(home, application(), handler, Ways::server, Ways::agent);
            case RELAYED -> {
                redis = new RedisServer();
                yield Rig.relayed(
                        home, redis, handler, builder -> server(builder).http2(true), Ways::agent);
            }
            default ->
                    Rig.start(
                            home,
                            way == Way.JSON ? "json" : "binary",
                            handler,
                            Ways::server,
                            Ways::agent);
        };
    }

    /** A client's connection. */
    Wire connect(Way way) throws Exception {
        return Wire.to(way == Way.DIRECT ? rig(way).local().port() : rig(way).port());
    }

    /** What precedes a path of the local service. */
    String base(Way way) throws Exception {
        return way == Way.DIRECT ? "" : rig(way).target("");
    }

    @Override
    public void close() throws IOException {
        for (Rig rig : rigs.values()) {
            rig.close();
        }
        if (redis != null) {
            redis.close();
        }
    }
}
