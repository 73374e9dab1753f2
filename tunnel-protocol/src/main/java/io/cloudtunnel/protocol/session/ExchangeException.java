package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Fields;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * An exchange failed. The message is a sentence fit for a public client: it holds no secret, no
 * address of a private network, and no stack trace.
 */
public final class ExchangeException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final boolean untouched;
    private final transient Fields fields;

    /** A failure without a cause worth keeping. */
    public ExchangeException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /**
     * A failure with its cause, which goes to the log only. It has no stack trace of its own: it is
     * thrown on other threads than the one that found it, and some request makes one that nobody
     * ever sees.
     */
    public ExchangeException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, false, Fields.EMPTY);
    }

    private ExchangeException(
            ErrorCode code,
            String message,
            @Nullable Throwable cause,
            boolean untouched,
            Fields fields) {
        super(message, cause, false, false);
        this.code = code;
        this.untouched = untouched;
        this.fields = fields;
    }

    /**
     * The same failure with a promise: nothing of the request has reached the local service, and
     * nothing of it will.
     */
    public ExchangeException untouched() {
        return new ExchangeException(code, text(), getCause(), true, fields);
    }

    /** The same failure with fields that the answer to the client is to have. */
    public ExchangeException with(Fields answered) {
        return new ExchangeException(code, text(), getCause(), untouched, answered);
    }

    /** What the answer to the client is to have besides; mostly nothing. */
    public Fields fields() {
        return fields;
    }

    /** Whether it is certain that nothing of the request reaches the local service. */
    public boolean isUntouched() {
        return untouched;
    }

    /** A failure that the code's own text says in full. */
    static ExchangeException of(ErrorCode code) {
        return new ExchangeException(code, code.text());
    }

    /** A failure whose text is that of the code, and a detail behind it. */
    static ExchangeException of(ErrorCode code, String detail) {
        return new ExchangeException(code, code.text() + ": " + detail);
    }

    /** Why it failed. */
    public ErrorCode code() {
        return code;
    }

    /** The message. */
    public String text() {
        String text = getMessage();
        return text == null ? code.token() : text;
    }
}
