package io.cloudtunnel.agent.local;

import io.cloudtunnel.agent.tls.Trust;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.Patrol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A local service under test, and what came out of an exchange with it. */
final class LocalFixture implements AutoCloseable {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LocalService service;

    LocalFixture(String url, HostRule host, Trust trust, Limits limits) {
        service = new LocalService(LocalAddress.parse(url), host, trust, limits, new Patrol(timer));
    }

    LocalFixture(String url) {
        this(url, HostRule.LOCAL, Trust.platform(), Limits.DEFAULT);
    }

    /** The defaults with other times. */
    static Limits limits(Duration response, Duration progress) {
        return Limits.DEFAULT.toBuilder()
                .responseTimeout(response)
                .progressTimeout(progress)
                .bodyIdle(progress)
                .build();
    }

    record Answer(List<Integer> interim, ResponseHead head, String body, Fields trailers) {
        int status() {
            return head.status();
        }
    }

    LocalService service() {
        return service;
    }

    Answer get(String target) throws Exception {
        return call("GET", target, Fields.EMPTY, "");
    }

    Answer call(String method, String target, Fields fields, String body) throws Exception {
        Bytes bytes = Bytes.latin1(body);
        Exchange exchange = service.open(RequestHead.of(method, target, fields), bytes.length());
        if (!bytes.isEmpty()) {
            exchange.send(bytes);
        }
        exchange.endRequest(Fields.EMPTY);
        return answer(exchange);
    }

    static Answer answer(Exchange exchange) throws ExchangeException, InterruptedException {
        List<Integer> interim = new ArrayList<>();
        ResponseHead head = exchange.receiveHead();
        while (head.isInterim()) {
            interim.add(head.status());
            head = exchange.receiveHead();
        }
        StringBuilder body = new StringBuilder();
        Bytes piece = exchange.receive();
        while (piece != null) {
            body.append(piece.latin1());
            piece = exchange.receive();
        }
        return new Answer(interim, head, body.toString(), exchange.responseTrailers());
    }

    @Override
    public void close() {
        service.close();
        timer.shutdownNow();
    }
}
