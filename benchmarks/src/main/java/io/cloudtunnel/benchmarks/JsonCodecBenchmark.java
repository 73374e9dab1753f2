package io.cloudtunnel.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.JsonSyntaxException;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A response in JSON form by body size: our codec beside Jackson's data binding. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JsonCodecBenchmark {

    /** The body's size in bytes. */
    @Param({"0", "4096", "65536", "1048576"})
    public int bodyBytes;

    /** The message as a record that data binding knows; an array is what it binds base64 to. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Bound(
            String type,
            @JsonProperty("req_id") String reqId,
            int status,
            Map<String, List<String>> headers,
            byte[] body) {}

    private final ObjectMapper mapper = new ObjectMapper();
    private JsonMessage.Response response = response(0);
    private Bound bound = bound(0);
    private Bytes text = Bytes.EMPTY;
    private byte[] textBytes = new byte[0];

    /** Makes the message. */
    @Setup
    public void setUp() {
        mapper.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(1 << 30).build());
        response = response(bodyBytes);
        bound = bound(bodyBytes);
        text = JsonCodec.encode(response);
        textBytes = text.toByteArray();
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(1).nextBytes(body);
        return body;
    }

    private static JsonMessage.Response response(int size) {
        Fields fields =
                Fields.of(
                        "Content-Type", "application/octet-stream",
                        "Content-Length", Integer.toString(size),
                        "Cache-Control", "no-store",
                        "Set-Cookie", "a=1; Path=/",
                        "Set-Cookie", "b=2; Path=/");
        return new JsonMessage.Response(
                "4711", new ResponseHead(200, fields), Bytes.wrap(body(size)));
    }

    private static Bound bound(int size) {
        Map<String, List<String>> headers =
                Map.of(
                        "Content-Type", List.of("application/octet-stream"),
                        "Content-Length", List.of(Integer.toString(size)),
                        "Cache-Control", List.of("no-store"),
                        "Set-Cookie", List.of("a=1; Path=/", "b=2; Path=/"));
        return new Bound("resp", "4711", 200, headers, body(size));
    }

    /** Ours, writing. */
    @Benchmark
    public Bytes encodeOurs() {
        return JsonCodec.encode(response);
    }

    /** Data binding, writing. */
    @Benchmark
    public byte[] encodeDatabind() throws JsonProcessingException {
        return mapper.writeValueAsBytes(bound);
    }

    /** Ours, reading. */
    @Benchmark
    public JsonMessage decodeOurs() throws JsonSyntaxException {
        return JsonCodec.decode(text);
    }

    /** Data binding, reading. */
    @Benchmark
    public Bound decodeDatabind() throws IOException {
        return mapper.readValue(textBytes, Bound.class);
    }
}
