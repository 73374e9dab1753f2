package io.cloudtunnel.it;

import io.cloudtunnel.agent.TunnelAgentBuilder;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.server.TunnelServerBuilder;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The same local service by each way. */
final class Ways implements AutoCloseable {

    /** Where requests of JSON mode get too large. */
    static final int JSON_BODY_BYTES = 256 * 1024;

    /** What the application around the embedded server says at {@code /own}. */
    static final String OWN = "the application's own";

    /** Requests that reached the application below {@code /below/}. */
    static final AtomicInteger REQUESTS_BELOW = new AtomicInteger();

    private final List<Rig> rigs = new ArrayList<>();

    private Ways() {}

    static Ways start(Path folder, RawService.Handler handler) throws Exception {
        Limits limits = Limits.DEFAULT.toBuilder().jsonBodyBytes(JSON_BODY_BYTES).build();
        // Where the application's addresses become the public's is another test's: PrefixIT.
        UnaryOperator<TunnelServerBuilder> server =
                builder -> builder.rewritePrefix(false).limits(limits);
        UnaryOperator<TunnelAgentBuilder> agent = builder -> builder.limits(limits);
        Ways ways = new Ways();
        try {
            ways.rigs.add(Rig.start(folder.resolve("binary"), "binary", handler, server, agent));
            ways.rigs.add(Rig.start(folder.resolve("json"), "json", handler, server, agent));
            ways.rigs.add(
                    Rig.embedded(
                            folder.resolve("embedded"), application(), handler, server, agent));
            return ways;
        } catch (Exception | AssertionError e) {
            ways.close();
            throw e;
        }
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
    Rig rig(Way way) {
        return rigs.get(
                switch (way) {
                    case DIRECT, BINARY -> 0;
                    case JSON -> 1;
                    case EMBEDDED -> 2;
                });
    }

    /** A client's connection. */
    Wire connect(Way way) throws IOException {
        return Wire.to(way == Way.DIRECT ? rig(way).local().port() : rig(way).port());
    }

    /** What precedes a path of the local service. */
    String base(Way way) {
        return way == Way.DIRECT ? "" : rig(way).target("");
    }

    @Override
    public void close() throws IOException {
        for (Rig rig : rigs) {
            rig.close();
        }
    }
}
