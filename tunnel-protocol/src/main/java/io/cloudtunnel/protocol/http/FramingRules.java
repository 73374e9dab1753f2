package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Tokens;
import java.util.List;

/**
 * Which framing a message has (RFC 9112, section 6.3). The fields are checked even where there is
 * no body, since they are passed on.
 */
final class FramingRules {

    private static final int MAX_LENGTH_DIGITS = 19;

    private FramingRules() {}

    static BodyFraming ofRequest(HttpVersion version, Fields fields) throws HttpException {
        if (isChunked(version, fields)) {
            return BodyFraming.CHUNKED;
        }
        long length = contentLength(fields);
        return length < 0 ? BodyFraming.NONE : BodyFraming.fixed(length);
    }

    /**
     * The framing of a response.
     *
     * @param method the method of the request, which is case-sensitive
     */
    static BodyFraming ofResponse(String method, int status, HttpVersion version, Fields fields)
            throws HttpException {
        boolean chunked = isChunked(version, fields);
        long length = contentLength(fields);
        if (status == 101 || (method.equals("CONNECT") && status / 100 == 2)) {
            return BodyFraming.RAW;
        }
        if (status < 200 || status == 204 || status == 304 || method.equals("HEAD")) {
            return BodyFraming.NONE;
        }
        if (chunked) {
            return BodyFraming.CHUNKED;
        }
        return length < 0 ? BodyFraming.UNTIL_CLOSE : BodyFraming.fixed(length);
    }

    /**
     * Whether the body is chunked. Together with a {@code Content-Length} it is refused also in a
     * response: RFC 9112, section 6.3, would let the coding win, but such a message is a sign of an
     * attempt at response splitting, and a proxy gains nothing by guessing.
     */
    private static boolean isChunked(HttpVersion version, Fields fields) throws HttpException {
        List<String> codings = fields.all("Transfer-Encoding");
        if (codings.isEmpty()) {
            return false;
        }
        if (version == HttpVersion.HTTP_1_0) {
            throw HttpException.bad("Transfer-Encoding in an HTTP/1.0 message");
        }
        if (fields.contains("Content-Length")) {
            throw HttpException.bad("both Transfer-Encoding and Content-Length");
        }
        checkCodings(String.join(",", codings));
        return true;
    }

    /** Passes for {@code chunked} and nothing else. */
    private static void checkCodings(String list) throws HttpException {
        boolean unknown = false;
        boolean chunked = false;
        for (String member : list.split(",", -1)) {
            String coding = trim(member);
            if (!Tokens.isToken(coding)) {
                throw HttpException.bad("Transfer-Encoding is malformed");
            }
            if (chunked) {
                throw HttpException.bad("chunked is repeated or not the last transfer coding");
            }
            chunked = coding.equalsIgnoreCase("chunked");
            unknown |= !chunked;
        }
        if (unknown) {
            throw new HttpException(501, "a transfer coding other than chunked");
        }
    }

    /**
     * The value of {@code Content-Length}, or -1 where there is none. More than one line or a list
     * is refused, even of equal values.
     */
    static long contentLength(Fields fields) throws HttpException {
        List<String> values = fields.all("Content-Length");
        if (values.isEmpty()) {
            return -1;
        }
        if (values.size() > 1) {
            throw HttpException.bad("more than one Content-Length");
        }
        String digits = values.getFirst();
        if (digits.isEmpty() || digits.length() > MAX_LENGTH_DIGITS) {
            throw HttpException.bad("Content-Length is malformed or too large");
        }
        long length = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (!Tokens.isDigit(c)) {
                throw HttpException.bad("Content-Length is not a decimal number");
            }
            length = length * 10 + (c - '0');
        }
        // Nineteen digits stay below 2^64, so an overflow shows as a negative number.
        if (length < 0) {
            throw HttpException.bad("Content-Length is malformed or too large");
        }
        return length;
    }

    /** Without the spaces and tabs around it; String's own methods take other characters too. */
    private static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && Tokens.isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && Tokens.isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
