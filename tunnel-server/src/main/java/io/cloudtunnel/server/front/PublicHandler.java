package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HttpException;
import io.cloudtunnel.protocol.http.Targets;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.server.access.Gate;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import io.cloudtunnel.server.observe.RequestIds;
import io.cloudtunnel.server.observe.RequestLog;
import io.cloudtunnel.server.observe.RequestLogs;
import io.cloudtunnel.server.prefix.ResponseRewriter;
import io.cloudtunnel.server.registry.LinkRegistry;
import io.cloudtunnel.server.registry.TunnelExchange;
import io.cloudtunnel.server.registry.TunnelUpstream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Carries a public request to its tunnel and the answer back, whatever front end it came through.
 * Safe for use by several threads.
 */
public final class PublicHandler {

    private static final Logger LOGGER = System.getLogger(PublicHandler.class.getName());

    private final Predicate<String> known;
    private final LinkRegistry links;
    private final Gate gate;
    private final Forwarding forwarding;
    private final RequestRules requestRules;
    private final Drain drain;
    private final AnswerRules rules;
    private final PublicRoutes routes;
    private final Presentation presentation;
    private final Probe probe;
    private final Role role;
    private final Limits limits;
    private final RequestLogs requests;

    /**
     * A handler over these parts.
     *
     * @param known whether there may be a tunnel of this id; does not block
     * @param rewriter null where responses are passed on as they are
     */
    public PublicHandler(
            Predicate<String> known,
            LinkRegistry links,
            Gate gate,
            Forwarding forwarding,
            Drain drain,
            AnswerRules rules,
            PublicRoutes routes,
            @Nullable ResponseRewriter rewriter,
            Probe probe,
            Role role,
            Limits limits,
            RequestLogs requests) {
        this.known = known;
        this.links = links;
        this.gate = gate;
        this.forwarding = forwarding;
        this.requestRules = new RequestRules(forwarding);
        this.drain = drain;
        this.rules = rules;
        this.routes = routes;
        this.presentation = new Presentation(routes.fallback(), rewriter, forwarding);
        this.probe = probe;
        this.role = role;
        this.limits = limits;
        this.requests = requests;
    }

    /**
     * Where a request goes; null where it is not for this handler.
     *
     * @param host the host and port that it asks for, null where it names none
     */
    public @Nullable Route route(RequestHead head, @Nullable String host) {
        return routes.of(head, host);
    }

    /** Handles a request to its end; throws nothing, since there is nobody left to tell. */
    public void handle(PublicCall call, Route route) {
        RequestHead head = call.head();
        String requestId = RequestIds.of(head.fields());
        RequestLog log = requests.begin(requestId, asked(call));
        drain.enter();
        ResponsePump response = new ResponsePump(call, log, rules);
        try {
            answering(call, response, log, () -> answer(call, route, response, log));
        } finally {
            drain.leave();
            log.write();
        }
    }

    private void answer(PublicCall call, Route route, ResponsePump response, RequestLog log)
            throws ExchangeException, IOException, InterruptedException {
        switch (route) {
            case Route.Tunnel tunnel -> carry(call, tunnel, response, log);
            case Route.Redirect redirect -> {
                if (!role.servesPublic()) {
                    throw wrongRole();
                }
                response.redirect(redirect.location());
            }
        }
    }

    /** What a request comes to, unless it fails. */
    private interface Work {
        void run() throws ExchangeException, IOException, InterruptedException;
    }

    /** Does it; a failure is the answer. */
    private void answering(PublicCall call, ResponsePump response, RequestLog log, Work work) {
        try {
            work.run();
        } catch (ExchangeException e) {
            if (e.code() == ErrorCode.CANCELLED) { // by the pump of the request
                log.failed(e.code());
                call.abort();
                return;
            }
            boolean leaving = e.code() == ErrorCode.AGENT_NOT_CONNECTED && drain.isDraining();
            response.fail(leaving ? shuttingDown() : e);
        } catch (HttpException e) {
            response.fail(RequestPump.refusal(e));
        } catch (IOException e) {
            log.failed(ErrorCode.CANCELLED);
            call.abort();
        } catch (InterruptedException e) {
            response.fail(shuttingDown());
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "request " + log.requestId() + " failed by a defect", e);
            response.fail(new ExchangeException(ErrorCode.INTERNAL, "internal error"));
        }
    }

    private RequestLogs.Asked asked(PublicCall call) {
        String client = forwarding.client(call.head().fields(), call.peerHost());
        boolean secure = forwarding.proto(Forwarding.Arrival.of(call)).equals("https");
        return new RequestLogs.Asked(call.head(), client, call.host(), secure, call.protocol());
    }

    private static ExchangeException shuttingDown() {
        return new ExchangeException(ErrorCode.DRAINING, "the server is shutting down");
    }

    private ExchangeException wrongRole() {
        return new ExchangeException(ErrorCode.WRONG_ROLE, role.refusal());
    }

    private static ExchangeException unknownTunnel() {
        return new ExchangeException(
                ErrorCode.UNKNOWN_TUNNEL, "there is no tunnel of this name here");
    }

    private void carry(PublicCall call, Route.Tunnel path, ResponsePump response, RequestLog log)
            throws ExchangeException, IOException, InterruptedException {
        if (Targets.climbs(path.path())) {
            throw new ExchangeException(
                    ErrorCode.BAD_REQUEST, "its dot segments lead out of the tunnel");
        }
        if (!Targets.isWellEncoded(path.id())) {
            throw new ExchangeException(
                    ErrorCode.BAD_REQUEST, "its tunnel part has a malformed percent-encoding");
        }
        if (!role.servesPublic()) {
            Fields probed = probe.answer(call.head(), path.path(), path.id());
            if (probed == null) {
                throw wrongRole();
            }
            log.probe();
            response.answer(204, "No Content", probed);
            return;
        }
        Fields probed = probe.answer(call.head(), path.path(), path.id());
        if (probed != null) {
            log.tunnel(path.id());
            log.probe();
            response.answer(204, "No Content", probed);
            return;
        }
        try (Gate.Pass pass = gate.enter(log.client(), call.head().fields())) {
            TunnelUpstream upstream = links.find(path.id());
            // Who has a link is known; the MAC of any other id tells whether it could have one,
            // and names that were taken are known, too.
            if (upstream == null && !known.test(path.id())) {
                throw unknownTunnel();
            }
            log.tunnel(path.id());
            pass.to(path.id());
            admitted(call, path, upstream, pass, response, log);
        }
    }

    private void admitted(
            PublicCall call,
            Route.Tunnel path,
            @Nullable TunnelUpstream found,
            Gate.Pass pass,
            ResponsePump response,
            RequestLog log)
            throws ExchangeException, IOException, InterruptedException {
        String upgrade = RequestRules.upgrade(call);
        if (upgrade != null && !call.carriesUpgrades()) {
            throw new ExchangeException(
                    ErrorCode.UPGRADE_NOT_CARRIED, "upgrades are not carried by this front end");
        }
        if (call.head().fields().byteCount() > limits.headBytes()) {
            throw new ExchangeException(
                    ErrorCode.HEAD_TOO_LARGE,
                    "its fields have more than " + limits.headBytes() + " bytes");
        }
        drain.passing();
        TunnelUpstream upstream = found == null ? links.await(path.id(), call::onGone) : found;
        exchange(call, path, upstream, pass, upgrade, response, log);
    }

    private void exchange(
            PublicCall call,
            Route.Tunnel path,
            TunnelUpstream upstream,
            Gate.Pass pass,
            @Nullable String upgrade,
            ResponsePump response,
            RequestLog log)
            throws ExchangeException, IOException, InterruptedException {
        boolean whole = !upstream.carriesInterim();
        boolean answersExpect = whole && RequestRules.expects(call);
        TunnelExchange opened =
                upstream.open(
                        requestRules.head(call, path, pass, upgrade, whole, log),
                        call.bodyLength(),
                        call::onGone);
        log.linked();
        Exchange exchange = pass.paced(opened);
        RequestPump pump = new RequestPump(call, exchange, log);
        try {
            // Also the answer to a failure comes first: until it is there, a client that waits for
            // it before it sends its body would be waited for.
            Work passing =
                    () ->
                            pass(
                                    call,
                                    path,
                                    exchange,
                                    pump,
                                    upgrade == null,
                                    answersExpect,
                                    response);
            answering(call, response, log, passing);
        } finally {
            pump.finish(); // until then the local service may read on what it has answered
            exchange.cancel(gone());
            log.carriedBy(opened.agent(), opened.wasSentAgain());
        }
    }

    /**
     * Passes the request and its answer on; an exchange that fails is over.
     *
     * @param startsNow whether the request does not wait for an answer that changes the protocol
     */
    private void pass(
            PublicCall call,
            Route.Tunnel path,
            Exchange exchange,
            RequestPump pump,
            boolean startsNow,
            boolean answersExpect,
            ResponsePump response)
            throws ExchangeException, IOException, InterruptedException {
        boolean passed = false;
        try {
            if (answersExpect) { // the body has to be whole before anything can be sent
                call.interim(new ResponseHead(100, "Continue", Fields.EMPTY));
            }
            call.onGone(() -> exchange.cancel(gone())); // also while a small one waits to be sent
            if (startsNow) {
                pump.start();
            }
            response.pass(
                    exchange,
                    presentation.of(path, call, Forwarding.Arrival.of(call)),
                    pump::startRaw);
            pump.join();
            passed = true;
        } finally {
            if (!passed) {
                exchange.cancel(gone());
            }
        }
    }

    private static ExchangeException gone() {
        return new ExchangeException(ErrorCode.CANCELLED, "the client has gone");
    }
}
