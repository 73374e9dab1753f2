package io.cloudtunnel.server.agents;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.HttpOutput;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.auth.RegistrationPolicy;
import io.cloudtunnel.server.front.ErrorAnswer;
import io.cloudtunnel.server.front.Role;
import io.cloudtunnel.server.front.RoutingFields;
import io.cloudtunnel.server.observe.RequestIds;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsUpgrader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /ws}: the agents' WebSocket, on Helidon's handshake and with frames of our own
 * (docs/decisions/websocket-frames.md says why). Any other path is left to the application's own
 * WebSocket routing. Safe for use by several threads.
 */
public final class AgentEndpoint extends WsUpgrader {

    /** The path. */
    public static final String PATH = "/ws";

    /** The subprotocol of binary mode. */
    static final String BINARY = "cloudtunnel.v1";

    private static final HeaderName TUNNEL_ID = HeaderNames.create("X-Tunnel-Id");
    private static final Logger LOGGER = System.getLogger(AgentEndpoint.class.getName());

    private final Credentials credentials;
    private final LinkAcceptor acceptor;
    private final PublicUrls urls;
    private final Role role;

    /** An endpoint for agents with these credentials, where the role is to take any. */
    public AgentEndpoint(
            Credentials credentials, PublicUrls urls, Role role, LinkAcceptor acceptor) {
        super(WsConfig.create());
        this.role = role;
        this.credentials = credentials;
        this.urls = urls;
        this.acceptor = acceptor;
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        if (!prologue.uriPath().rawPath().equals(PATH)) {
            return super.upgrade(context, prologue, headers);
        }
        if (!prologue.method().equals(Method.GET) || !role.takesAgents()) {
            return null; // no handshake: the routing answers
        }
        String key = headers.first(WS_KEY).orElse("");
        if (!key.matches("[A-Za-z0-9+/]{22}==")
                || !SUPPORTED_VERSION.equals(headers.first(WS_VERSION).orElse(""))) {
            throw refused(
                    context,
                    Status.BAD_REQUEST_400,
                    "bad-request",
                    "Sec-WebSocket-Key and Sec-WebSocket-Version: 13 are needed",
                    headers);
        }
        Fields fields = RoutingFields.of(headers);
        askOperator(context, headers, fields);
        boolean signed = fields.hasToken("Sec-WebSocket-Protocol", SignedSecret.SUBPROTOCOL);
        String unwanted = acceptor.signed().refusal(signed);
        if (unwanted != null) {
            throw refused(
                    context,
                    Status.FORBIDDEN_403,
                    unwanted,
                    acceptor.signed().refusalText(),
                    headers);
        }
        SignedRequest request = signed ? SignedRequest.of(credentials, fields) : null;
        Admitted admitted = authenticate(context, prologue, headers, signed, request);
        String tunnelId = admitted.tunnelId();
        if (!acceptor.tryReserve()) {
            throw refused(
                    context,
                    Status.SERVICE_UNAVAILABLE_503,
                    acceptor.refusal(),
                    "this instance takes no more links: " + acceptor.refusal(),
                    headers);
        }
        boolean binary = signed || fields.hasToken("Sec-WebSocket-Protocol", BINARY);
        AgentConnection connection = new AgentConnection(context, admitted, binary, acceptor);
        String url = urls.of(tunnelId, fields, context.isSecure());
        String chosen =
                request != null
                        ? request.answer(acceptor.terms(url))
                        : binary ? "\r\nSec-WebSocket-Protocol: " + BINARY : "";
        connection.begin(() -> switchProtocols(context, key, chosen, url));
        return connection;
    }

    /** Not every agent may connect, if its operator says so. */
    private void askOperator(ConnectionContext context, WritableHeaders<?> headers, Fields fields) {
        OperatorGate.Refusal refusal = acceptor.operator().refusal(context.remotePeer(), fields);
        if (refusal != null) {
            throw refused(
                    context,
                    Status.create(refusal.status()),
                    refusal.code(),
                    refusal.text(),
                    headers);
        }
    }

    /** What a request to {@link #PATH} gets that is no handshake. */
    public void upgradeRequired(ServerRequest request, ServerResponse response) {
        Fields fields = RoutingFields.of(request);
        ErrorAnswer answer =
                ErrorAnswer.of(
                        Status.UPGRADE_REQUIRED_426.code(),
                        "upgrade-required",
                        "this is where agents connect, by WebSocket",
                        RequestIds.of(fields),
                        fields);
        answer.head().fields().forEach(response::header);
        response.status(Status.UPGRADE_REQUIRED_426)
                .header("Upgrade", "websocket")
                .header("Connection", "Upgrade")
                .send(answer.body().toByteArray());
    }

    /**
     * Who may connect.
     *
     * @param tunnelId its tunnel
     * @param generation that of its secret
     * @param policyHash of the policy that its secret asks for; {@code -} for none
     * @param keys of a signed link; null for another one
     */
    record Admitted(String tunnelId, long generation, String policyHash, @Nullable LinkKeys keys) {}

    /** All failures look the same to the agent; the log says which one it was. */
    private Admitted authenticate(
            ConnectionContext context,
            HttpPrologue prologue,
            WritableHeaders<?> headers,
            boolean signed,
            @Nullable SignedRequest request) {
        String id = headers.first(TUNNEL_ID).orElse(null);
        String secret;
        if (signed) { // then a secret that was sent does not count
            secret = request == null ? null : request.secret();
        } else if (id != null) { // then the query does not count
            secret =
                    headers.first(HeaderNames.AUTHORIZATION)
                            .map(RegistrationPolicy::bearerToken)
                            .orElse(null);
        } else {
            id = prologue.query().first("id").orElse(null);
            secret = prologue.query().first("secret").orElse(null);
        }
        Credentials.Verdict verdict =
                id == null || secret == null
                        ? Credentials.Verdict.INVALID
                        : credentials.verify(id, secret);
        boolean genuine = verdict == Credentials.Verdict.VALID;
        long generation = genuine && secret != null ? Credentials.generation(secret) : 0;
        if (id == null
                || secret == null
                || !genuine
                || !acceptor.revocations().accepts(id, secret)) {
            // Without the id: it may be anything, line ends among it.
            LOGGER.log(
                    Level.INFO,
                    "link refused: agent={0} credentials are {1}",
                    context.remotePeer().host(),
                    secret == null
                            ? signed ? "not proved" : "missing"
                            : genuine ? "revoked" : verdict.name().toLowerCase(Locale.ROOT));
            throw refused(
                    context,
                    Status.UNAUTHORIZED_401,
                    "bad-credentials",
                    "id and secret of a tunnel of this server are needed",
                    headers);
        }
        LinkKeys keys = request == null ? null : request.linkKeys();
        return new Admitted(id, generation, Credentials.policyHash(secret), keys);
    }

    /**
     * Answers, and has the connection closed. Not by Helidon's {@code RequestException}: of that
     * the text is left out, unless those of all its errors are shown.
     */
    private CloseConnectionException refused(
            ConnectionContext context,
            Status status,
            String code,
            String text,
            WritableHeaders<?> headers) {
        acceptor.observer().linkRefused(code);
        Fields fields = RoutingFields.of(headers);
        ErrorAnswer answer =
                ErrorAnswer.of(status.code(), code, text, RequestIds.of(fields), fields);
        Fields.Builder told = answer.head().fields().toBuilder().add("Connection", "close");
        if (code.equals(LinkAcceptor.TOO_MANY)) {
            told.set("Retry-After", LinkAcceptor.RETRY_SECONDS);
        }
        HttpOutput out = new HttpOutput(ContextStreams.output(context.dataWriter()));
        try {
            out.writeResponse(
                    status.code(),
                    answer.head().reason(),
                    told.build(),
                    BodyFraming.fixed(answer.body().length()));
            out.write(answer.body());
            out.end();
        } catch (IOException e) {
            LOGGER.log(Level.TRACE, "the agent has gone", e);
        }
        return new CloseConnectionException("the link was refused: " + code);
    }

    private void switchProtocols(
            ConnectionContext context, String key, String chosen, String publicUrl) {
        String head =
                SWITCHING_PROTOCOL_PREFIX
                        + hash(context, key)
                        + chosen
                        + acceptor.identity()
                        + "\r\nCloudtunnel-Public-Url: "
                        + publicUrl
                        + SWITCHING_PROTOCOLS_SUFFIX;
        context.dataWriter().writeNow(BufferData.create(head.getBytes(StandardCharsets.US_ASCII)));
    }
}
