package io.cloudtunnel.server.front;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.FairShare;
import io.cloudtunnel.server.observe.RequestLog;
import io.helidon.http.DateTime;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The response on its way to the client: either the upstream's, or one error, once. */
final class ResponsePump {

    private final PublicCall call;
    private final RequestLog log;
    private final AnswerRules rules;
    private boolean begun;

    ResponsePump(PublicCall call, RequestLog log, AnswerRules rules) {
        this.call = call;
        this.log = log;
        this.rules = rules;
    }

    /** What has to happen once the protocol has changed. */
    interface OnSwitch {
        void switched();
    }

    /**
     * Passes all heads, the body and the trailers on.
     *
     * @param present what is done to the final head's fields
     */
    void pass(Exchange exchange, UnaryOperator<Fields> present, OnSwitch onSwitch)
            throws ExchangeException, IOException, InterruptedException {
        ResponseHead answer = exchange.receiveHead();
        while (answer.isInterim()) {
            AnswerRules.check(answer);
            call.interim(AnswerRules.interim(answer));
            answer = exchange.receiveHead();
        }
        log.answered();
        AnswerRules.check(answer);
        boolean hasBody = AnswerRules.mayHaveBody(call.head().method(), answer.status());
        Fields fields = present.apply(rules.fields(answer, hasBody, log.requestId()));
        begun = true;
        log.status(answer.status());
        call.begin(answer.with(fields), hasBody);
        if (answer.status() == 101) {
            call.flush();
            onSwitch.switched();
        }
        passBody(exchange, hasBody, AnswerRules.declaredLength(fields));
        Fields trailers = exchange.responseTrailers();
        AnswerRules.checkTrailers(trailers);
        call.end(HopByHop.stripTrailers(trailers));
    }

    /** What has come is gathered; it leaves at the latest when nothing more is there. */
    private void passBody(Exchange exchange, boolean hasBody, long length)
            throws ExchangeException, IOException, InterruptedException {
        long left = length < 0 ? Long.MAX_VALUE : length;
        if (hasBody && left > 0 && exchange.readyBytes() == 0) {
            call.flush();
        }
        FairShare share = new FairShare();
        Bytes piece = exchange.receive();
        while (piece != null) {
            share.passed(piece.length());
            if (hasBody) {
                call.write(piece);
                log.written(piece.length());
                left -= piece.length();
                if (left > 0 && exchange.readyBytes() == 0) { // else the end follows at once
                    call.flush();
                }
            }
            piece = exchange.receive();
        }
    }

    /** Sends the client to another place of this host, with method and body. */
    void redirect(String location) throws IOException {
        Fields fields =
                Fields.builder()
                        .add("Location", location)
                        .add("Content-Length", "0")
                        .add("Cache-Control", "no-store") // it depends on who asks
                        .build();
        answer(307, "Temporary Redirect", fields);
    }

    /** Answers with a head of the server's own, and no body. */
    void answer(int status, String reason, Fields fields) throws IOException {
        Fields all =
                fields.toBuilder()
                        .add("Date", DateTime.rfc1123String()) // RFC 9110, 6.6.1
                        .add("X-Request-Id", log.requestId())
                        .build();
        begun = true;
        log.status(status);
        call.begin(new ResponseHead(status, reason, all), false);
        call.end(Fields.EMPTY);
    }

    /** Answers with an error, where nothing was answered yet; else breaks off. */
    void fail(ExchangeException reason) {
        log.failed(reason.code());
        if (begun) {
            call.abort(); // too late for another status; but it must not look complete
            return;
        }
        ErrorAnswer answer = ErrorAnswer.of(reason, log.requestId(), call.head().fields());
        log.status(reason.code().status());
        try {
            boolean hasBody = !call.head().method().equals("HEAD");
            call.begin(closing(answer.head(), reason), hasBody);
            if (hasBody) {
                call.write(answer.body());
            }
            call.end(Fields.EMPTY);
        } catch (IOException e) {
            call.abort();
        }
    }

    /** Who sends what cannot be understood is not listened to any further. */
    private static ResponseHead closing(ResponseHead head, ExchangeException reason) {
        return switch (reason.code()) {
            case BAD_REQUEST, REQUEST_TIMEOUT ->
                    head.with(head.fields().toBuilder().add("Connection", "close").build());
            default -> head;
        };
    }
}
