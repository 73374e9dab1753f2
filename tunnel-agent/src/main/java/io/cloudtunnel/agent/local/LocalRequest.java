package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.HopByHop;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import java.util.List;

/**
 * A request in the form in which the local service gets it.
 *
 * @param method the method as it came
 * @param target in origin-form, or {@code *} with OPTIONS
 * @param fields without hop-by-hop fields, with {@code Host}
 * @param framing how the end of its body is told
 * @param upgrade whether it asks for another protocol, as {@code fields} then say
 */
record LocalRequest(
        String method, String target, Fields fields, BodyFraming framing, boolean upgrade) {

    /**
     * Checks and completes a request.
     *
     * @throws ExchangeException if its target could lead to another host, or has no form
     */
    static LocalRequest of(RequestHead head, long bodyLength, HostRule host, LocalAddress local)
            throws ExchangeException {
        boolean asterisk =
                head.path().equals("*") && head.query() == null && head.method().equals("OPTIONS");
        if (head.method().equals("CONNECT") || (!asterisk && !head.path().startsWith("/"))) {
            throw new ExchangeException(
                    ErrorCode.BAD_REQUEST, "the request's target is not a path");
        }
        BodyFraming framing =
                bodyLength == Exchange.UNKNOWN_LENGTH
                        ? BodyFraming.CHUNKED
                        : bodyLength == 0 ? BodyFraming.NONE : BodyFraming.fixed(bodyLength);
        Fields fields = withLength(HopByHop.strip(head.fields()), bodyLength);
        fields = withHost(fields, host.hostFor(head.fields(), local));
        List<String> protocols = bodyLength == 0 ? protocols(head.fields()) : List.of();
        return new LocalRequest(
                head.method(),
                head.target(),
                withHop(fields, protocols, HopByHop.takesTrailers(head.fields())),
                framing,
                !protocols.isEmpty());
    }

    /** What it asks to change to; h2c is no business of this hop, nor of the service. */
    private static List<String> protocols(Fields fields) {
        return !fields.contains("Upgrade")
                ? List.of()
                : fields.tokens("Upgrade").stream()
                        .filter(protocol -> !protocol.equalsIgnoreCase("h2c"))
                        .toList();
    }

    /** {@code Connection} did not travel, since it belongs to a hop: this is where one begins. */
    private static Fields withHop(Fields fields, List<String> protocols, boolean takesTrailers) {
        if (protocols.isEmpty() && !takesTrailers) {
            return fields;
        }
        Fields.Builder all = fields.toBuilder();
        if (protocols.isEmpty()) {
            return all.add("Connection", "TE").add("TE", "trailers").build();
        }
        all.add("Connection", takesTrailers ? "Upgrade, TE" : "Upgrade");
        if (takesTrailers) {
            all.add("TE", "trailers");
        }
        return all.add("Upgrade", String.join(", ", protocols)).build();
    }

    /** At the place of the one that came, or first, as RFC 9110, section 7.2, advises. */
    private static Fields withHost(Fields fields, String host) {
        if (fields.contains("Host")) {
            return fields.toBuilder().set("Host", host).build();
        }
        return Fields.builder().add("Host", host).addAll(fields).build();
    }

    /** A stated length that is not the body's is the mistake of a peer: the body counts. */
    private static Fields withLength(Fields fields, long bodyLength) {
        List<String> stated = fields.all("Content-Length");
        if (stated.isEmpty()) {
            return fields;
        }
        if (bodyLength == Exchange.UNKNOWN_LENGTH) {
            return fields.without("Content-Length");
        }
        String length = Long.toString(bodyLength);
        return stated.equals(List.of(length))
                ? fields
                : fields.toBuilder().set("Content-Length", length).build();
    }

    /** Whether it may be sent again if no byte of an answer came: it changes nothing. */
    boolean repeatable() {
        return framing.kind() == BodyFraming.Kind.NONE
                && (method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS"));
    }
}
