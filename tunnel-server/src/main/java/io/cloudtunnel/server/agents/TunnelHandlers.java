package io.cloudtunnel.server.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.registry.AgentLink;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.relay.BrokerException;
import io.cloudtunnel.server.relay.SecretStore;
import io.cloudtunnel.server.relay.SecretStore.State;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /tunnels/{id}}: what a tunnel's owner does with it, by its secret; docs/protocol.md,
 * "Deleting and rotating".
 */
public final class TunnelHandlers implements HttpService {

    /** The path. */
    public static final String PATH = "/tunnels";

    private static final Logger LOGGER = System.getLogger(TunnelHandlers.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Credentials credentials;
    private final Revocations revocations;
    private final TakenNames names;
    private final LinkRegistry links;
    private final PublicUrls urls;
    private final Duration grace;

    /**
     * Handlers over these parts.
     *
     * @param grace for how long a secret that was rotated away still counts
     */
    public TunnelHandlers(
            Credentials credentials,
            Revocations revocations,
            TakenNames names,
            LinkRegistry links,
            PublicUrls urls,
            Duration grace) {
        this.credentials = credentials;
        this.revocations = revocations;
        this.names = names;
        this.links = links;
        this.urls = urls;
        this.grace = grace;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/{id}", handler(this::describe))
                .delete("/{id}", handler(this::delete))
                .post("/{id}/rotate", handler(this::rotate));
    }

    /** A request that proves to be of its tunnel's owner. */
    private record Call(
            ServerRequest request,
            ServerResponse response,
            Fields fields,
            String requestId,
            String tunnelId,
            long generation,
            String policyHash) {}

    private interface Action {
        void run(Call call) throws BrokerException, InterruptedException, Refused;
    }

    /** An answer that is an error. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;

        Refused(int status, String code, String text) {
            super(text);
            this.status = status;
            this.code = code;
        }

        /** All failures look the same. */
        static Refused credentials() {
            return new Refused(
                    401, "bad-credentials", "the tunnel's secret is needed, as a Bearer token");
        }
    }

    private io.helidon.webserver.http.Handler handler(Action action) {
        return (request, response) -> {
            Fields fields = RoutingFields.of(request);
            String requestId = RequestIds.of(fields);
            try {
                action.run(admitted(request, response, fields, requestId));
            } catch (Refused e) {
                refuse(response, e, requestId, fields);
            } catch (BrokerException e) {
                Refused unavailable =
                        new Refused(
                                503,
                                "broker-unavailable",
                                "what this server keeps cannot be read or written; nothing was"
                                        + " done, or it is not known");
                refuse(response, unavailable, requestId, fields);
            }
        };
    }

    private Call admitted(
            ServerRequest request, ServerResponse response, Fields fields, String requestId)
            throws Refused {
        String id = request.path().pathParameters().get("id");
        String secret = RegistrationPolicy.bearerToken(fields.first("Authorization"));
        if (secret == null || credentials.verify(id, secret) != Credentials.Verdict.VALID) {
            throw Refused.credentials();
        }
        if (!revocations.accepts(id, secret)) {
            throw Refused.credentials();
        }
        long generation = Credentials.generation(secret);
        return new Call(
                request,
                response,
                fields,
                requestId,
                id,
                generation,
                Credentials.policyHash(secret));
    }

    private static void refuse(
            ServerResponse response, Refused refused, String requestId, Fields request) {
        ErrorAnswer answer =
                ErrorAnswer.of(
                        refused.status,
                        refused.code,
                        String.valueOf(refused.getMessage()),
                        requestId,
                        request);
        answer.head().fields().forEach(response::header);
        if (refused.status == 401) {
            response.header("WWW-Authenticate", "Bearer");
        }
        response.status(Status.create(refused.status)).send(answer.body().toByteArray());
    }

    private SecretStore store() throws Refused {
        SecretStore store = revocations.store();
        if (store == null) {
            throw new Refused(
                    501,
                    "no-store",
                    "this server keeps nothing, so it can neither delete nor rotate: start it with"
                        + " REDIS_URL or STATE_FILE, or change TUNNEL_KEY, which ends all tunnels");
        }
        return store;
    }

    private void delete(Call call) throws BrokerException, InterruptedException, Refused {
        if (!revocations.end(store(), call.tunnelId(), call.generation())) {
            throw Refused.credentials();
        }
        names.freed(call.tunnelId());
        log(call, "deleted");
        call.response()
                .status(Status.NO_CONTENT_204)
                .header("X-Request-Id", call.requestId())
                .send();
    }

    private void rotate(Call call) throws BrokerException, InterruptedException, Refused {
        SecretStore store = store();
        Duration kept = graceOf(call.request().query().first("grace").orElse(null));
        State state = store.rotate(call.tunnelId(), call.generation(), kept);
        if (state == null) {
            throw Refused.credentials();
        }
        revocations.learn(Map.of(call.tunnelId(), state));
        log(call, "rotated");
        Credentials.Pair pair =
                credentials.issueFor(call.tunnelId(), state.generation(), call.policyHash());
        answer(
                call,
                JSON.createObjectNode()
                        .put("id", pair.id())
                        .put("secret", pair.secret())
                        .put("public_url", url(call))
                        .put("generation", state.generation())
                        .put("grace_seconds", kept.toSeconds()));
    }

    /** Less than what is configured can be asked for, such as where a secret has leaked. */
    private Duration graceOf(@Nullable String seconds) throws Refused {
        if (seconds == null) {
            return grace;
        }
        if (!seconds.matches("\\d{1,9}") || Long.parseLong(seconds) > grace.toSeconds()) {
            throw new Refused(
                    400,
                    "bad-request",
                    "grace is a number of seconds, from 0 to " + grace.toSeconds());
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private void describe(Call call) throws InterruptedException {
        List<AgentLink> own = links.linksOf(call.tunnelId());
        long agents =
                own.stream()
                        .filter(AgentLink::carriesInterim)
                        .map(AgentLink::agent)
                        .distinct()
                        .count();
        boolean json = own.stream().anyMatch(link -> !link.carriesInterim());
        answer(
                call,
                JSON.createObjectNode()
                        .put("id", call.tunnelId())
                        .put("public_url", url(call))
                        .put("generation", revocations.known(call.tunnelId()).generation())
                        .put("links", own.size())
                        .put("agents", agents + (json ? 1 : 0))
                        .put("exclusive", own.stream().anyMatch(AgentLink::isExclusive))
                        .put("reachable", links.reachable(call.tunnelId()) > 0));
    }

    private String url(Call call) {
        return urls.of(call.tunnelId(), call.fields(), call.request().isSecure());
    }

    private static void log(Call call, String what) {
        LOGGER.log(
                Level.INFO,
                "tunnel id={0} tunnel={1} client={2} {3}",
                call.requestId(),
                call.tunnelId(),
                call.request().remotePeer().host(),
                what);
    }

    private static void answer(Call call, ObjectNode body) {
        try {
            call.response()
                    .header("Content-Type", "application/json")
                    .header("Cache-Control", "no-store")
                    .header("X-Request-Id", call.requestId())
                    .send(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
