package io.cloudtunnel.protocol.frame;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Between bytes and the messages of the published JSON protocol; docs/protocol.md, "JSON mode".
 * Pure functions, safe for use by several threads. Time and memory are linear in the size of the
 * message; whoever receives it bounds that size.
 */
public final class JsonCodec {

    static final String REQUEST = "req";
    static final String RESPONSE = "resp";

    /**
     * So many buffers are kept at most; Jackson's own way, one for each thread, keeps none here.
     */
    private static final int BUFFERS = 64;

    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.newBoundedPool(BUFFERS))
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // they come from anyone
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(64)
                                    .maxStringLength(1 << 20)
                                    .maxNameLength(1 << 16)
                                    .build())
                    .build();

    /** What is beyond, in a peer's id only, is escaped: it may be half of a surrogate pair. */
    private static final int LATIN1 = 0xFF;

    /** A multiple of three, so that only the last block is padded. */
    private static final int BASE64_BLOCK = 48 * 1024;

    private static final byte[] BODY = ",\"body\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);

    private JsonCodec() {}

    /** The text of a request. A query that is present but empty is lost: the form has no place. */
    public static Bytes encode(JsonMessage.Request request) {
        RequestHead head = request.head();
        String query = head.query() == null ? "" : head.query();
        return message(
                request.body(),
                json -> {
                    json.writeStringField("type", REQUEST);
                    writeId(json, request.id(), request.numericId());
                    json.writeStringField("method", head.method());
                    json.writeStringField("path", head.path());
                    json.writeStringField("query", query);
                    writeFields(json, head.fields());
                });
    }

    /** The text of a response. The reason phrase is lost: the form has no place for it. */
    public static Bytes encode(JsonMessage.Response response) {
        return message(
                response.body(),
                json -> {
                    json.writeStringField("type", RESPONSE);
                    writeId(json, response.id(), response.numericId());
                    json.writeNumberField("status", response.head().status());
                    writeFields(json, response.head().fields());
                });
    }

    /**
     * Reads a message. What it says besides the published members is ignored.
     *
     * @param text well-formed UTF-8
     * @throws JsonSyntaxException if it is no JSON object; or if it is nested deeper than 64, or
     *     has a text other than the body of more than 1 MiB, before its {@code req_id} has come
     */
    public static JsonMessage decode(Bytes text) throws JsonSyntaxException {
        return new JsonReader(text).read();
    }

    /**
     * Reads what the beginning of a message says about whose it is: of what stands before its body.
     *
     * @param beginning of a text; where it is cut does not matter
     */
    public static JsonBeginning beginning(Bytes beginning) {
        return new JsonReader(beginning).readBeginning();
    }

    /** Writes the members of a message. */
    private interface Members {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /**
     * The body is put in behind the generator's back: base64 of the JDK is many times faster, and a
     * large body is copied less often.
     */
    private static Bytes message(Bytes body, Members members) {
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(head, JsonEncoding.UTF8)) {
            json.setHighestNonEscapedChar(LATIN1);
            json.writeStartObject();
            members.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: no real output", e);
        }
        int headLength = head.size() - 1; // without the closing brace
        int base64 = (int) ((body.length() + 2L) / 3 * 4);
        byte[] all = new byte[headLength + BODY.length + base64 + END.length];
        System.arraycopy(head.toByteArray(), 0, all, 0, headLength);
        System.arraycopy(BODY, 0, all, headLength, BODY.length);
        writeBase64(body, all, headLength + BODY.length);
        System.arraycopy(END, 0, all, all.length - END.length, END.length);
        return Bytes.wrap(all);
    }

    /** Block by block: the body in base64 is not held a second time. */
    private static void writeBase64(Bytes body, byte[] target, int offset) {
        int at = offset;
        for (int start = 0; start < body.length(); start += BASE64_BLOCK) {
            int end = Math.min(body.length(), start + BASE64_BLOCK);
            byte[] block = Base64.getEncoder().encode(body.slice(start, end).toByteArray());
            System.arraycopy(block, 0, target, at, block.length);
            at += block.length;
        }
    }

    private static void writeId(JsonGenerator json, String id, boolean numeric) throws IOException {
        json.writeFieldName("req_id");
        if (numeric) {
            json.writeNumber(id);
        } else {
            json.writeString(id);
        }
    }

    /** Values of one name stand together, under the name's first spelling. */
    private static void writeFields(JsonGenerator json, Fields fields) throws IOException {
        Fields lines = fields.grouped();
        json.writeObjectFieldStart("headers");
        for (int i = 0; i < lines.size(); i++) {
            if (i == 0 || !lines.name(i).equals(lines.name(i - 1))) {
                json.writeArrayFieldStart(lines.name(i));
            }
            json.writeString(lines.value(i));
            if (i + 1 == lines.size() || !lines.name(i).equals(lines.name(i + 1))) {
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }
}
