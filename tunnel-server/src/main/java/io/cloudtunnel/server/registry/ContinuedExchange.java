package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.ForwardingExchange;
import io.cloudtunnel.protocol.session.Upstream;

/**
 * An exchange on an upstream that carries no interim responses, for somebody who takes it that they
 * are carried: answers {@code Expect: 100-continue} (RFC 9110, section 10.1.1) itself.
 */
final class ContinuedExchange extends ForwardingExchange {

    private boolean continues; // of the thread that receives

    private ContinuedExchange(Exchange exchange) {
        super(exchange);
        this.continues = true;
    }

    static Exchange open(Upstream upstream, RequestHead head, long bodyLength)
            throws ExchangeException, InterruptedException {
        Fields fields = head.fields();
        boolean expects = bodyLength != 0 && fields.hasToken("Expect", "100-continue");
        Fields whole = expects ? fields.without("Expect") : fields;
        Exchange opened = upstream.open(head.with(whole.without("TE")), bodyLength);
        return expects ? new ContinuedExchange(opened) : opened;
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        if (continues) {
            continues = false;
            return new ResponseHead(100, "Continue", Fields.EMPTY);
        }
        return super.receiveHead();
    }
}
