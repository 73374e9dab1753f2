package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.StandardPhrase;

/** Which small messages may travel as text in binary mode; docs/protocol.md, section 6.14. */
final class JsonForm {

    /** Names of members, quotes and the like, at most. */
    private static final int FRAME_OF_TEXT = 256;

    private JsonForm() {}

    /** Whether a request with a body of known length loses nothing in this form. */
    static boolean fits(RequestHead head, long bodyLength, Greeting receiver) {
        return receiver.jsonMaxBody() > 0
                && bodyLength <= receiver.jsonMaxBody()
                && !head.path().equals("*")
                && !"".equals(head.query())
                && isPlain(head.path())
                && (head.query() == null || isPlain(head.query()))
                && !head.fields().contains("Upgrade")
                && !head.fields().contains("Expect")
                && hasLength(head.fields(), bodyLength)
                && textBytes(BinaryCodec.sizeOf(head), bodyLength) <= receiver.textMax()
                && fits(head.fields());
    }

    private static boolean hasLength(Fields fields, long bodyLength) {
        long declared = HeadFields.declaredLength(fields);
        return declared == bodyLength || (bodyLength == 0 && declared == Exchange.UNKNOWN_LENGTH);
    }

    /** Whether a final response with a body of known length loses nothing in this form. */
    static boolean fits(ResponseHead head, long bodyLength, Greeting receiver) {
        return receiver.jsonMaxBody() > 0
                && bodyLength <= receiver.jsonMaxBody()
                && head.status() >= 200
                && head.reason().equals(StandardPhrase.of(head.status()))
                && (bodyLength == 0 || head.fields().contains("Content-Length"))
                && textBytes(BinaryCodec.sizeOf(head), bodyLength) <= receiver.textMax()
                && fits(head.fields());
    }

    /** The text's size at most: ASCII without control characters takes two characters each. */
    static long textBytes(int headBytes, long bodyLength) {
        return FRAME_OF_TEXT + 2L * headBytes + (bodyLength + 2) / 3 * 4;
    }

    /** All ASCII; lines of one name adjacent and in one spelling. */
    private static boolean fits(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (!isPlain(fields.name(i)) || !isPlain(fields.value(i))) {
                return false;
            }
        }
        return fields.isGrouped();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** The stream that a text message belongs to. */
    static int streamId(String requestId) throws ProtocolException {
        int length = requestId.length();
        if (length == 0 || length > 10 || requestId.charAt(0) == '0') {
            throw new ProtocolException("bad-text");
        }
        long id = 0;
        for (int i = 0; i < length; i++) {
            int digit = requestId.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new ProtocolException("bad-text");
            }
            id = id * 10 + digit;
        }
        if (id > Integer.MAX_VALUE) {
            throw new ProtocolException("bad-text");
        }
        return (int) id;
    }
}
