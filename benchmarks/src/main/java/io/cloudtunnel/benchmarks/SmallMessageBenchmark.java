package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.JsonSyntaxException;
import io.cloudtunnel.protocol.frame.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A small request and its response by body size, written and read: in JSON form, and as frames. So
 * this is what both ends together pay the codec for one exchange.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SmallMessageBenchmark {

    /** The size of each body in bytes. */
    @Param({"0", "100", "1024", "4096", "16384"})
    public int bodyBytes;

    private Bytes body = Bytes.EMPTY;
    private JsonMessage.Request request = request(0, Bytes.EMPTY);
    private JsonMessage.Response response = response(0, Bytes.EMPTY);

    /** Makes the messages. */
    @Setup
    public void setUp() {
        body = Samples.body(bodyBytes);
        request = request(bodyBytes, body);
        response = response(bodyBytes, body);
    }

    private static JsonMessage.Request request(int size, Bytes body) {
        return new JsonMessage.Request("4711", Samples.request(size), body);
    }

    private static JsonMessage.Response response(int size, Bytes body) {
        return new JsonMessage.Response("4711", Samples.response(size), body);
    }

    /** In JSON form. */
    @Benchmark
    public void json(Blackhole sink) throws JsonSyntaxException {
        Bytes there = JsonCodec.encode(request);
        Bytes back = JsonCodec.encode(response);
        sink.consume(JsonCodec.decode(there));
        sink.consume(JsonCodec.decode(back));
    }

    /** As frames, two messages too. */
    @Benchmark
    public void binary(Blackhole sink) throws ProtocolException {
        boolean empty = bodyBytes == 0;
        List<Bytes> there = new ArrayList<>(4);
        BinaryCodec.encode(new Frame.Req(4711, 1 << 18, request.head(), empty, false), there);
        List<Bytes> back = new ArrayList<>(4);
        BinaryCodec.encode(new Frame.Resp(4711, response.head(), empty), back);
        if (!empty) {
            BinaryCodec.encode(new Frame.ReqChunk(4711, body, true, null), there);
            BinaryCodec.encode(new Frame.RespChunk(4711, body, true, null), back);
        }
        sink.consume(read(there));
        sink.consume(read(back));
    }

    private static List<Frame> read(List<Bytes> parts) throws ProtocolException {
        // The link masks what it sends, and so copies it, in either form.
        return BinaryCodec.decode(Bytes.join(parts), Greeting.DEFAULT.headMax());
    }
}
