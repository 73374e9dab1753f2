package io.cloudtunnel.protocol.session;

/**
 * Why an exchange failed: the value of the {@code Cloudtunnel-Error} field, and the status that
 * goes with it. docs/protocol.md lists them; they are part of the interface and do not change.
 */
public enum ErrorCode {
    /** No tunnel has this id, or the path leaves it. */
    UNKNOWN_TUNNEL(404, "unknown-tunnel", "unknown tunnel"),
    /** The public reaches tunnels by another service than this one. Nothing was sent. */
    WRONG_ROLE(421, "wrong-role", "wrong role"),
    /** Credentials are needed, or wrong ones were given. Nothing was sent. */
    UNAUTHORIZED(401, "unauthorized", "unauthorized"),
    /** The tunnel is not for clients of this address. Nothing was sent. */
    FORBIDDEN(403, "forbidden", "access denied"),
    /** A limit on requests was reached; {@code Cloudtunnel-Limit} says which. Nothing was sent. */
    TOO_MANY_REQUESTS(429, "too-many-requests", "too many requests"),
    /** It cannot be said whether the client may use the tunnel. Nothing was sent. */
    POLICY_UNAVAILABLE(503, "policy-unavailable", "the tunnel's access policy cannot be applied"),
    /** The tunnel exists, but no agent of it is connected. Nothing was sent. */
    AGENT_NOT_CONNECTED(502, "agent-not-connected", "agent not connected"),
    /** The link was lost after the request was written: it may or may not have been carried out. */
    OUTCOME_UNKNOWN(
            502, "outcome-unknown", "outcome unknown: the connection to the agent was lost"),
    /** The agent's answer violates the protocol. */
    AGENT_ANSWER_MALFORMED(502, "agent-answer-malformed", "the agent's answer is malformed"),
    /** The local service could not be reached. Nothing was sent. */
    LOCAL_UNREACHABLE(502, "local-unreachable", "the local service cannot be reached"),
    /** The local service closed the connection before its answer was complete. */
    LOCAL_BROKEN(502, "local-broken", "the local service broke off its answer"),
    /** The local service's answer violates HTTP. */
    LOCAL_MALFORMED(502, "local-malformed", "the local service's answer is malformed"),
    /** The answer's body is larger than this wire mode can carry. */
    ANSWER_TOO_LARGE(502, "answer-too-large", "the answer is too large"),
    /** The answer has no end, which this wire mode cannot carry. */
    ANSWER_WITHOUT_END(502, "answer-without-end", "the answer has no end"),
    /** No answer came from the agent in time. */
    AGENT_TIMEOUT(504, "agent-timeout", "timeout waiting agent"),
    /** No answer came from the local service in time. */
    LOCAL_TIMEOUT(504, "local-timeout", "timeout waiting agent: the local service is too slow"),
    /** The request is malformed. */
    BAD_REQUEST(400, "bad-request", "bad request"),
    /** The client took too long to send its request. */
    REQUEST_TIMEOUT(408, "request-timeout", "the request came too slowly"),
    /** The request's body is larger than allowed. */
    BODY_TOO_LARGE(413, "body-too-large", "the request body is too large"),
    /** The request's head is larger than allowed. */
    HEAD_TOO_LARGE(431, "head-too-large", "the request head is too large"),
    /** This wire mode cannot carry an upgrade. */
    UPGRADE_NOT_CARRIED(501, "upgrade-not-carried", "this link cannot carry an upgrade"),
    /** The link has as many streams as it may have. Nothing was sent. */
    TOO_MANY_STREAMS(503, "too-many-streams", "too many requests on the agent's links"),
    /** The memory budget is used up. Nothing was sent. */
    OUT_OF_BUDGET(503, "out-of-budget", "out of memory budget"),
    /** What joins the server's instances cannot be reached. Nothing was sent. */
    BROKER_UNAVAILABLE(
            503,
            "broker-unavailable",
            "the broker between the server's instances cannot be reached"),
    /** The server is shutting down. Nothing was sent. */
    DRAINING(503, "draining", "shutting down"),
    /** The exchange was cancelled by the side that began it. */
    CANCELLED(499, "cancelled", "the client has gone"),
    /** A defect of ours. */
    INTERNAL(500, "internal", "internal error");

    private final int status;
    private final String token;
    private final String text;

    ErrorCode(int status, String token, String text) {
        this.status = status;
        this.token = token;
        this.text = text;
    }

    /** The status of the answer that a client gets. */
    public int status() {
        return status;
    }

    /** The name in {@code Cloudtunnel-Error}. */
    public String token() {
        return token;
    }

    /** What the text for a client begins with. */
    public String text() {
        return text;
    }
}
