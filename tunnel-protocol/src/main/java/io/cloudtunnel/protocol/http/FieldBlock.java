package io.cloudtunnel.protocol.http;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Tokens;
import java.io.IOException;

/**
 * Field lines and the empty line after them (RFC 9112, section 5); nothing of it is taken.
 *
 * @param fields the fields, values without the blanks around them
 * @param end the index after the empty line
 */
record FieldBlock(Fields fields, int end) {

    static FieldBlock read(ByteSource source, int from, int mostBytes, int mostLines)
            throws IOException {
        Fields.Builder fields = Fields.builder();
        int at = from;
        for (; ; ) {
            // The empty line does not count, so that a block of exactly this size still passes.
            int left = Math.max(0, mostBytes - (at - from) - 2);
            int length = source.line(at, left, 431);
            if (length == 0) {
                return new FieldBlock(fields.build(), at + 2);
            }
            if (fields.size() == mostLines) {
                throw new HttpException(431, "more field lines than allowed");
            }
            add(source, at, at + length, fields);
            at += length + 2;
        }
    }

    private static void add(ByteSource source, int from, int to, Fields.Builder fields)
            throws HttpException {
        int colon = from;
        while (colon < to && Tokens.isToken(source.at(colon))) {
            colon++;
        }
        if (colon == from || colon == to || source.at(colon) != ':') {
            throw badName(source, from, colon, to);
        }
        int first = colon + 1;
        int last = to;
        while (first < last && Tokens.isBlank(source.at(first))) {
            first++;
        }
        while (last > first && Tokens.isBlank(source.at(last - 1))) {
            last--;
        }
        for (int i = first; i < last; i++) {
            if (!Tokens.isValue(source.at(i))) {
                throw HttpException.bad("a field value has a control character");
            }
        }
        fields.add(source.text(from, colon), source.text(first, last));
    }

    private static HttpException badName(ByteSource source, int from, int stop, int to) {
        if (Tokens.isBlank(source.at(from))) {
            return HttpException.bad("a field line begins with whitespace (obsolete folding)");
        }
        if (stop < to && Tokens.isBlank(source.at(stop))) {
            return HttpException.bad("whitespace in a field name or before its colon");
        }
        return HttpException.bad("a field line has no valid name");
    }
}
