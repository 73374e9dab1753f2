package io.cloudtunnel.protocol.http;

/** The versions of HTTP/1 (RFC 9112, section 2.3). */
public enum HttpVersion {
    /** HTTP/1.0: no chunked coding, no interim responses, closes unless asked to keep alive. */
    HTTP_1_0("HTTP/1.0"),
    /** HTTP/1.1. */
    HTTP_1_1("HTTP/1.1");

    private final String token;

    HttpVersion(String token) {
        this.token = token;
    }

    /** The name as it stands in a message. */
    public String token() {
        return token;
    }

    /** Reads a version's eight bytes; the name is case-sensitive. */
    static HttpVersion parse(String text) throws HttpException {
        if (text.equals(HTTP_1_1.token)) {
            return HTTP_1_1;
        }
        if (text.equals(HTTP_1_0.token)) {
            return HTTP_1_0;
        }
        boolean wellFormed =
                text.length() == 8
                        && text.startsWith("HTTP/")
                        && isDigit(text.charAt(5))
                        && text.charAt(6) == '.'
                        && isDigit(text.charAt(7));
        throw wellFormed
                ? new HttpException(505, "the HTTP version is neither 1.0 nor 1.1")
                : HttpException.bad("the HTTP version is malformed");
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
