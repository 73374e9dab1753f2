package io.cloudtunnel.server.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.auth.RegistrationPolicy.Decision;
import io.cloudtunnel.server.front.Drain;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.observe.Observer;
import io.cloudtunnel.server.observe.RequestIds;
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

/** {@code POST /register}: gives an agent its tunnel; docs/protocol.md, "Registration". */
public final class RegisterHandler implements Handler {

    private static final Logger LOGGER = System.getLogger(RegisterHandler.class.getName());
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final int LONGEST_BODY = 16 * 1024;

    private final RegistrationPolicy policy;
    private final OperatorGate operator;
    private final Credentials credentials;
    private final Revocations revocations;
    private final PublicUrls urls;
    private final Drain drain;
    private final SignedMode signed;
    private final Observer observer;

    /** A handler over these parts. */
    public RegisterHandler(
            RegistrationPolicy policy,
            OperatorGate operator,
            Credentials credentials,
            Revocations revocations,
            PublicUrls urls,
            Drain drain,
            SignedMode signed,
            Observer observer) {
        this.signed = signed;
        this.observer = observer;
        this.revocations = revocations;
        this.policy = policy;
        this.operator = operator;
        this.credentials = credentials;
        this.urls = urls;
        this.drain = drain;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
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
        switch (decide(request.remotePeer(), fields)) {
            case Decision.Allowed allowed -> {
                Credentials.Pair pair;
                try {
                    pair = issue(request);
                } catch (BadBody e) {
                    response.header(HeaderValues.CONNECTION_CLOSE); // it is not read to its end
                    refuse(response, e.answer, requestId, fields);
                    throw new CloseConnectionException("the body was not read to its end", e);
                }
                observer.registered();
                String key = allowed.who();
                String named = operator.certificates().nameOf(request.remotePeer());
                LOGGER.log(
                        Level.INFO,
                        "register id={0} tunnel={1} client={2} key={3}{4}",
                        requestId,
                        pair.id(),
                        peer,
                        key == null ? "-" : key,
                        named == null ? "" : " certificate=" + named);
                answer(response, pair, urls.of(pair.id(), fields, request.isSecure()), requestId);
            }
            case Decision.Refused refused -> {
                LOGGER.log(
                        Level.INFO,
                        "register id={0} client={1} refused: {2}",
                        requestId,
                        peer,
                        refused.code());
                refuse(response, refused, requestId, fields);
            }
        }
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

    /** The tunnel that the agent had, if it still proves to be its own; else a new one. */
    private Credentials.Pair issue(ServerRequest request) throws IOException, BadBody {
        JsonNode old = oldPair(request);
        String id = old.path("id").asText("");
        String secret = old.path("secret").asText("");
        if (credentials.verify(id, secret) == Credentials.Verdict.INVALID) {
            return credentials.issue();
        }
        long generation = Credentials.generation(secret); // no later one, which only rotating gives
        return revocations.accepts(id, secret)
                ? credentials.issueFor(id, generation)
                : credentials.issue();
    }

    private static JsonNode oldPair(ServerRequest request) throws IOException, BadBody {
        if (!request.content().hasEntity()) {
            return JSON.missingNode();
        }
        byte[] body;
        try (InputStream in = request.content().inputStream()) {
            body = in.readNBytes(LONGEST_BODY + 1);
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
            ServerResponse response, Credentials.Pair pair, String publicUrl, String requestId)
            throws JsonProcessingException {
        ObjectNode body =
                JSON.createObjectNode()
                        .put("id", pair.id())
                        .put("secret", pair.secret())
                        .put("public_url", publicUrl);
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
