package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Tokens;
import java.io.IOException;

/** Request line and status line (RFC 9112, sections 3 and 4); nothing of them is taken. */
final class StartLine {

    private static final int VERSION_BYTES = 8;

    /** {@code HTTP/1.1 200}. */
    private static final int STATUS_BYTES = VERSION_BYTES + 4;

    private StartLine() {}

    record Request(String method, String target, TargetForm form, HttpVersion version) {}

    record Status(HttpVersion version, int code, String reason) {}

    /** Reads a line of three parts with exactly one space between them. */
    static Request request(ByteSource source, int from, int to) throws IOException {
        int methodEnd = from;
        while (methodEnd < to && Tokens.isToken(source.at(methodEnd))) {
            methodEnd++;
        }
        int targetEnd = methodEnd + 1;
        while (targetEnd < to && Tokens.isTarget(source.at(targetEnd))) {
            targetEnd++;
        }
        boolean wellFormed =
                methodEnd > from
                        && methodEnd < to
                        && source.at(methodEnd) == ' '
                        && targetEnd > methodEnd + 1
                        && targetEnd < to
                        && source.at(targetEnd) == ' ';
        if (!wellFormed) {
            throw HttpException.bad("the request line is malformed");
        }
        HttpVersion version = HttpVersion.parse(source.text(targetEnd + 1, to));
        String method = source.text(from, methodEnd);
        String target = source.text(methodEnd + 1, targetEnd);
        TargetForm form = TargetForm.of(method, target);
        if (form == null) {
            throw HttpException.bad("the request target is malformed");
        }
        return new Request(method, target, form, version);
    }

    /** Reads a status line; without a reason its last space may be missing, as it often is. */
    static Status status(ByteSource source, int length) throws IOException {
        if (length < STATUS_BYTES) {
            throw HttpException.bad("the status line is malformed");
        }
        HttpVersion version = HttpVersion.parse(source.text(0, VERSION_BYTES));
        int code = 0;
        boolean good = source.at(VERSION_BYTES) == ' ';
        for (int i = VERSION_BYTES + 1; i < STATUS_BYTES; i++) {
            good &= Tokens.isDigit(source.at(i));
            code = code * 10 + (source.at(i) - '0');
        }
        good &= code >= 100 && (length == STATUS_BYTES || source.at(STATUS_BYTES) == ' ');
        for (int i = STATUS_BYTES; i < length; i++) {
            good &= Tokens.isValue(source.at(i));
        }
        if (!good) {
            throw HttpException.bad("the status line is malformed");
        }
        return new Status(version, code, source.text(Math.min(length, STATUS_BYTES + 1), length));
    }
}
