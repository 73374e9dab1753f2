package io.cloudtunnel.server.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.server.access.RegistrationRates;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.RegistrationPolicy.Decision;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.prefix.HostMode;
import io.cloudtunnel.server.relay.BrokerException;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code POST /register}: gives an agent its tunnel; docs/protocol.md, "Registration". */
public final class RegisterHandler implements Handler {

    private static final Logger LOGGER = System.getLogger(RegisterHandler.class.getName());
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final int LONGEST_BODY = 16 * 1024;
    private static final Decision.Refused UNAVAILABLE =
            new Decision.Refused(
                    503,
                    "broker-unavailable",
                    "what this server keeps cannot be read or written at the moment");

    private final RegistrationPolicy policy;
    private final OperatorGate operator;
    private final RegistrationRates rates;
    private final Issuing issuing;
    private final PublicUrls urls;
    private final Drain drain;
    private final SignedMode signed;
    private final Observer observer;

    /** A handler over these parts. */
    public RegisterHandler(
            RegistrationPolicy policy,
            OperatorGate operator,
            RegistrationRates rates,
            Issuing issuing,
            PublicUrls urls,
            Drain drain,
            SignedMode signed,
            Observer observer) {
        this.signed = signed;
        this.observer = observer;
        this.policy = policy;
        this.operator = operator;
        this.rates = rates;
        this.issuing = issuing;
        this.urls = urls;
        this.drain = drain;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response)
            throws IOException, InterruptedException {
        Fields fields = RoutingFields.of(request);
        String requestId = RequestIds.of(fields);
        if (drain.isDraining()) {
            refuse(
                    response,
                    new Decision.Refused(503, "draining", "the server is shutting down"),
                    requestId,
                    fields);
            return;
        }
        String peer = request.remotePeer().host();
        String client = operator.forwarding().client(fields, peer);
        RegistrationRates.Over over = rates.begin(client);
        if (over != null) {
            response.header("Retry-After", Long.toString(over.retrySeconds()))
                    .header("Cloudtunnel-Limit", over.limit());
            refuse(response, tooMany(over.limit()), requestId, fields);
            return;
        }
        switch (decide(request.remotePeer(), fields)) {
            case Decision.Allowed allowed -> {
                String named = operator.certificates().nameOf(request.remotePeer());
                Issuing.Issued issued;
                try {
                    issued = issue(request, fields, owner(allowed, fields, named));
                } catch (Issuing.NoTunnel e) {
                    refuse(response, e.answer(), requestId, fields);
                    return;
                } catch (BrokerException e) {
                    refuse(response, UNAVAILABLE, requestId, fields);
                    return;
                } catch (BadBody e) {
                    if (!RoutingFields.isHttp2(request)) { // it is not read to its end
                        response.header(HeaderValues.CONNECTION_CLOSE);
                    }
                    refuse(response, e.answer, requestId, fields);
                    throw new CloseConnectionException("the body was not read to its end", e);
                }
                observer.registered();
                Credentials.Pair pair = issued.pair();
                String key = allowed.who();
                LOGGER.log(
                        Level.INFO,
                        "register id={0} tunnel={1} client={2} key={3}{4}",
                        requestId,
                        pair.id(),
                        peer,
                        key == null ? "-" : key,
                        named == null ? "" : " certificate=" + named);
                String url = urls.of(pair.id(), fields, request.isSecure());
                answer(response, issued, url, requestId);
            }
            case Decision.Refused refused -> {
                LOGGER.log(
                        Level.INFO,
                        "register id={0} client={1} refused: {2}",
                        requestId,
                        peer,
                        refused.code());
                if (refused.status() / 100 == 4) { // not where an issuer's keys cannot be had
                    rates.failed(client);
                }
                refuse(response, refused, requestId, fields);
            }
        }
    }

    private static Decision.Refused tooMany(String limit) {
        return new Decision.Refused(
                429,
                "too-many-requests",
                "too many registrations from this address within a minute: "
                        + limit
                        + " (LIMIT_REGISTRATIONS)");
    }

    private Decision decide(PeerInfo peer, Fields fields) {
        OperatorGate.Refusal refusal = operator.refusal(peer, fields);
        return refusal == null
                ? policy.decide(peer.host(), fields)
                : new Decision.Refused(refusal.status(), refusal.code(), refusal.text());
    }

    /**
     * Answers a GET, which registers nothing: an agent that was given its credentials by hand asks
     * so what this server speaks.
     */
    public void describe(ServerRequest request, ServerResponse response) {
        response.status(Status.METHOD_NOT_ALLOWED_405)
                .header(HeaderNames.ALLOW, "POST")
                .header("Cloudtunnel-Protocols", signed.protocols())
                .header("Content-Type", "text/plain; charset=utf-8")
                .header("X-Request-Id", RequestIds.of(RoutingFields.of(request)))
                .send("POST registers a tunnel\n");
    }

    /** Who registers, so that a tunnel can be his; null where nobody asked. */
    private @Nullable String owner(
            Decision.Allowed allowed, Fields fields, @Nullable String certificate) {
        if (allowed.who() != null) {
            return policy.mode().name().toLowerCase(Locale.ROOT) + ":" + allowed.who();
        }
        String holder = operator.holder(fields);
        if (holder != null) {
            return "oidc:" + holder;
        }
        return certificate == null ? null : "mtls:" + certificate;
    }

    private Issuing.Issued issue(ServerRequest request, Fields fields, @Nullable String owner)
            throws IOException, BadBody, Issuing.NoTunnel, InterruptedException {
        HostMode hosts = urls.hosts();
        String host = fields.first("Host");
        String own = urls.configured() == null ? null : urls.configured().getHost();
        return issuing.issue(
                asked(request),
                owner,
                name -> hosts != null && (hosts.isOthers(name, host) || hosts.isOthers(name, own)));
    }

    private static JsonNode asked(ServerRequest request) throws IOException, BadBody {
        if (!request.content().hasEntity()) {
            return JSON.missingNode();
        }
        byte[] body;
        try (InputStream in = request.content().inputStream()) {
            body = in.readNBytes(LONGEST_BODY + 1);
        } catch (HttpException e) {
            throw new BadBody(e.status(), "request-timeout", String.valueOf(e.getMessage()));
        }
        if (body.length > LONGEST_BODY) {
            throw new BadBody(
                    413, "body-too-large", "the body is larger than " + LONGEST_BODY + " bytes");
        }
        JsonNode old = parse(body);
        if (!old.isObject() && !old.isMissingNode()) {
            throw noObject();
        }
        return old;
    }

    private static JsonNode parse(byte[] body) throws IOException, BadBody {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw noObject(); // without the parser's text, which repeats what came
        }
    }

    private static BadBody noObject() {
        return new BadBody(400, "bad-request", "the body has to be empty, or one JSON object");
    }

    /** A body that registration cannot be asked with. */
    private static final class BadBody extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Decision.Refused answer;

        BadBody(int status, String code, String text) {
            super(text);
            answer = new Decision.Refused(status, code, text);
        }
    }

    private void answer(
            ServerResponse response, Issuing.Issued issued, String publicUrl, String requestId)
            throws JsonProcessingException {
        ObjectNode body =
                JSON.createObjectNode()
                        .put("id", issued.pair().id())
                        .put("secret", issued.pair().secret())
                        .put("public_url", publicUrl);
        if (issued.nameRefused() != null) {
            body.put("name_refused", issued.nameRefused());
        }
        if (issued.hasPolicy()) {
            response.header("Cloudtunnel-Access", "policy");
        }
        response.header("Content-Type", "application/json")
                .header("Cache-Control", "no-store")
                .header("Cloudtunnel-Protocols", signed.protocols())
                .header("X-Request-Id", requestId)
                .send(JSON.writeValueAsBytes(body));
    }

    private void refuse(
            ServerResponse response, Decision.Refused refused, String requestId, Fields request) {
        observer.registrationRefused(refused.code());
        ErrorAnswer answer =
                ErrorAnswer.of(
                        refused.status(), refused.code(), refused.text(), requestId, request);
        answer.head().fields().forEach(response::header);
        if (refused.status() == 401) {
            response.header("WWW-Authenticate", "Bearer");
        }
        response.status(Status.create(refused.status())).send(answer.body().toByteArray());
    }
}
