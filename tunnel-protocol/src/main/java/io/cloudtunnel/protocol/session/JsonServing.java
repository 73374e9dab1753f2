package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.JsonBeginning;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.JsonSyntaxException;
import io.cloudtunnel.protocol.ws.CloseCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the reader of a link in JSON mode does, at either end. */
final class JsonServing {

    private JsonServing() {}

    /** Takes a message; never blocks, since the reader runs it. */
    interface Taker {
        /**
         * Takes one message.
         *
         * @throws Violation if the peer may not send it
         */
        void take(JsonMessage message) throws Violation;

        /**
         * Takes note of a message for which there was no memory.
         *
         * @throws Violation if nobody can tell whose it is
         */
        void noRoom(JsonBeginning of) throws Violation;
    }

    /** Told that nothing more is taken. */
    interface Ended {
        /**
         * Perhaps twice.
         *
         * @param why what the peer did, null where it did nothing wrong
         */
        void ended(@Nullable Violation why);
    }

    /** The peer did what ends the link. */
    static final class Violation extends IOException {
        private static final long serialVersionUID = 1L;
        private final int closeCode;

        Violation(int closeCode, @Nullable String message) {
            super(message);
            this.closeCode = closeCode;
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Receives messages until the link ends, and closes it where the peer violates the rules.
     *
     * @param ended told as soon as nothing more is taken
     */
    static void serve(Link link, Taker taker, Ended ended) throws IOException {
        try {
            FairShare share = new FairShare();
            Message message = link.receive();
            while (message != null) {
                share.passed(message.payload().length());
                if (message instanceof Message.Cut(Bytes beginning)) {
                    taker.noRoom(JsonCodec.beginning(beginning));
                } else {
                    taker.take(decode(message));
                }
                message = link.receive();
            }
        } catch (Violation e) {
            link.close(e.closeCode, e.reason());
            ended.ended(e);
            awaitEnd(link);
            throw e;
        } finally {
            ended.ended(null);
        }
    }

    /** What could not be held, and cannot be told to anybody but the peer. */
    static Violation outOfBudget() {
        return new Violation(
                CloseCode.POLICY_VIOLATION, "out of memory budget for a message without req_id");
    }

    private static JsonMessage decode(Message message) throws Violation {
        return switch (message) {
            case Message.Text(Bytes payload) -> decode(payload);
            case Message.Cut ignored -> throw new IllegalArgumentException("a part of a message");
            case Message.Binary ignored ->
                    throw new Violation(
                            CloseCode.UNSUPPORTED_DATA, "a binary message in JSON mode");
        };
    }

    private static JsonMessage decode(Bytes text) throws Violation {
        try {
            return JsonCodec.decode(text);
        } catch (JsonSyntaxException e) {
            throw new Violation(CloseCode.INVALID_PAYLOAD, e.getMessage());
        }
    }

    /** Whoever called the reader ends the connection next: not before the peer was told why. */
    private static void awaitEnd(Link link) throws IOException {
        Message dropped = link.receive();
        while (dropped != null) {
            dropped = link.receive();
        }
    }
}
