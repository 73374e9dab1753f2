package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Upstream;
import io.cloudtunnel.server.auth.Credentials;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.observe.RequestLog;
import io.cloudtunnel.server.registry.LinkRegistry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Carries a public request to its tunnel and the answer back, whatever front end it came through.
 * Safe for use by several threads.
 */
public final class PublicHandler {

    private static final Logger LOGGER = System.getLogger(PublicHandler.class.getName());

    private final Credentials credentials;
    private final LinkRegistry links;
    private final Forwarding forwarding;
    private final Drain drain;
    private final Limits limits;

    /** A handler over these parts. */
    public PublicHandler(
            Credentials credentials,
            LinkRegistry links,
            Forwarding forwarding,
            Drain drain,
            Limits limits) {
        this.credentials = credentials;
        this.links = links;
        this.forwarding = forwarding;
        this.drain = drain;
        this.limits = limits;
    }

    /** Whether a raw path is for this handler. */
    public static boolean isPublic(String rawPath) {
        return rawPath.startsWith(PublicPath.PREFIX);
    }

    /** Handles a request to its end; throws nothing, since there is nobody left to tell. */
    public void handle(PublicCall call) {
        RequestHead head = call.head();
        String requestId = RequestIds.of(head.fields());
        String client = forwarding.client(head.fields(), call.peerHost());
        RequestLog log = new RequestLog(requestId, client, head.method(), head.path());
        drain.enter();
        Response response = new Response(call, log);
        try {
            carry(call, response, log);
        } catch (ExchangeException e) {
            if (e.code() == ErrorCode.CANCELLED) { // by the pump of the request
                log.end("client gone");
                call.abort();
                return;
            }
            boolean leaving = e.code() == ErrorCode.AGENT_NOT_CONNECTED && drain.isDraining();
            response.fail(leaving ? shuttingDown() : e);
        } catch (HttpException e) {
            response.fail(
                    new ExchangeException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            log.end("client gone");
            call.abort();
        } catch (InterruptedException e) {
            response.fail(shuttingDown());
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "request " + requestId + " failed by a defect", e);
            response.fail(new ExchangeException(ErrorCode.INTERNAL, "internal error"));
        } finally {
            drain.leave();
            log.write();
        }
    }

    private static ExchangeException shuttingDown() {
        return new ExchangeException(ErrorCode.DRAINING, "the server is shutting down");
    }

    private void carry(PublicCall call, Response response, RequestLog log)
            throws ExchangeException, IOException, InterruptedException {
        PublicPath path = PublicPath.parse(call.head().path());
        Upstream upstream = path == null ? null : links.find(path.id());
        // Who has a link is known; the MAC of any other id tells whether it could have one.
        if (path == null || (upstream == null && !credentials.knows(path.id()))) {
            throw new ExchangeException(
                    ErrorCode.UNKNOWN_TUNNEL, "there is no tunnel of this name here");
        }
        log.tunnel(path.id());
        String upgrade = HopByHop.upgrade(call.head().fields());
        if (upgrade != null && !upgrade.equalsIgnoreCase("h2c")) { // h2c concerns this hop only
            throw new ExchangeException(
                    ErrorCode.UPGRADE_NOT_CARRIED, "upgrades are not carried by this front end");
        }
        if (call.head().fields().byteCount() > limits.headBytes()) {
            throw new ExchangeException(
                    ErrorCode.HEAD_TOO_LARGE,
                    "its fields have more than " + limits.headBytes() + " bytes");
        }
        if (upstream == null) {
            throw new ExchangeException(ErrorCode.AGENT_NOT_CONNECTED, "agent not connected");
        }
        Exchange exchange = upstream.open(forwarded(call, path, log), call.bodyLength());
        RequestPump pump = new RequestPump(call, exchange, log);
        try {
            pump.start();
            response.pass(exchange);
        } finally {
            exchange.cancel(new ExchangeException(ErrorCode.CANCELLED, "the client has gone"));
            pump.finish();
        }
    }

    private RequestHead forwarded(PublicCall call, PublicPath path, RequestLog log) {
        RequestHead head = call.head();
        Fields endToEnd = HopByHop.strip(head.fields());
        return head.withPath(path.rest())
                .with(forwarding.apply(call, endToEnd, path.prefix(), log.requestId()));
    }

    /** The response on its way to the client: either the upstream's, or one error, once. */
    private static final class Response {
        private final PublicCall call;
        private final RequestLog log;
        private boolean begun;

        Response(PublicCall call, RequestLog log) {
            this.call = call;
            this.log = log;
        }

        void pass(Exchange exchange) throws ExchangeException, IOException, InterruptedException {
            ResponseHead head = exchange.receiveHead();
            while (head.isInterim()) { // this front end has no way to pass it on
                head = exchange.receiveHead();
            }
            AnswerRules.check(head);
            Bytes piece = exchange.receive();
            boolean hasBody = AnswerRules.mayHaveBody(call.head().method(), head.status());
            Fields fields = AnswerRules.fields(head, log.requestId());
            begun = true;
            log.status(head.status());
            call.begin(head.with(fields), hasBody);
            Long declared = AnswerRules.declaredLength(fields);
            long left = declared == null ? Long.MAX_VALUE : declared;
            while (piece != null) {
                if (hasBody) {
                    call.write(piece);
                    log.written(piece.length());
                    left -= piece.length();
                    if (left > 0) { // else the end follows at once
                        call.flush();
                    }
                }
                piece = exchange.receive();
            }
            call.end();
        }

        void fail(ExchangeException reason) {
            log.end(reason.code().token());
            if (begun) {
                call.abort(); // too late for another status; but it must not look complete
                return;
            }
            ErrorAnswer answer =
                    ErrorAnswer.of(
                            reason.code().status(),
                            reason.code().token(),
                            ErrorTexts.of(reason),
                            log.requestId(),
                            call.head().fields());
            log.status(reason.code().status());
            try {
                boolean hasBody = !call.head().method().equals("HEAD");
                call.begin(answer.head(), hasBody);
                if (hasBody) {
                    call.write(answer.body());
                }
                call.end();
            } catch (IOException e) {
                call.abort();
            }
        }
    }
}
