package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
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

/** Frames of binary mode: a request's head, a response's head, a chunk of 64 KiB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BinaryCodecBenchmark {

    /** Which frame. */
    @Param({"req", "resp", "chunk"})
    public String frame = "req";

    private Frame value = new Frame.Ping(0);
    private Bytes message = Bytes.EMPTY;

    /** Makes the frame. */
    @Setup
    public void setUp() {
        value =
                switch (frame) {
                    case "req" -> new Frame.Req(7, 1 << 18, Samples.request(0), true, false);
                    case "resp" -> new Frame.Resp(7, Samples.response(13), false);
                    default ->
                            new Frame.RespChunk(
                                    7, Samples.body(BinaryCodec.MAX_CHUNK), false, null);
                };
        message = Bytes.join(encode());
    }

    /** Writing; the data of a chunk is not copied. */
    @Benchmark
    public List<Bytes> encode() {
        List<Bytes> parts = new ArrayList<>(2);
        BinaryCodec.encode(value, parts);
        return parts;
    }

    /** Reading. */
    @Benchmark
    public List<Frame> decode() throws ProtocolException {
        return BinaryCodec.decode(message, Greeting.DEFAULT.headMax());
    }
}
