package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request as it came (RFC 9112, section 3).
 *
 * @param method the method, in the case in which it came
 * @param target the raw target
 * @param form the target's form
 * @param version the version
 * @param fields the fields, hop-by-hop ones included
 * @param framing how the end of its body is told
 */
public record ReceivedRequest(
        String method,
        String target,
        TargetForm form,
        HttpVersion version,
        Fields fields,
        BodyFraming framing) {

    /**
     * The head in origin-form: an absolute-form loses its scheme and authority.
     *
     * @throws IllegalStateException for a CONNECT, which has no path
     */
    public RequestHead head() {
        return switch (form) {
            case ORIGIN, ASTERISK -> RequestHead.of(method, target, fields);
            case ABSOLUTE -> RequestHead.of(method, absolute().pathAndQuery(method), fields);
            case AUTHORITY -> throw new IllegalStateException("CONNECT has no path");
        };
    }

    /**
     * The host and port asked for: the target's, where it has them, else the value of {@code Host}
     * (RFC 9112, section 3.2.2). Null where an HTTP/1.0 request has neither; empty where it is
     * stated to be.
     */
    public @Nullable String host() {
        return switch (form) {
            case ORIGIN, ASTERISK -> fields.first("Host");
            case ABSOLUTE -> absolute().authority();
            case AUTHORITY -> target;
        };
    }

    /** Whether the connection may carry another request after this one (section 9.3). */
    public boolean persistent() {
        return Persistence.of(version, fields);
    }

    /** Whether the client waits for a 100 before it sends the body (RFC 9110, section 10.1.1). */
    public boolean expectsContinue() {
        return version == HttpVersion.HTTP_1_1 && fields.hasToken("Expect", "100-continue");
    }

    private AbsoluteTarget absolute() {
        return Objects.requireNonNull(AbsoluteTarget.parse(target));
    }

    /** Without query and values: they may hold secrets. */
    @Override
    public String toString() {
        return method + " " + form + " " + version + " " + fields;
    }
}
