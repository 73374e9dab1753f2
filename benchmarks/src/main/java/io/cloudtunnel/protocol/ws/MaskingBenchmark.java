package io.cloudtunnel.protocol.ws;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Masking: eight bytes at a time, and one at a time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MaskingBenchmark {

    private static final int KEY = 0x37fa213d;

    /** The payload's size in bytes. */
    @Param({"4096", "65536"})
    public int size;

    private byte[] payload = new byte[0];

    /** Makes the payload. */
    @Setup
    public void setUp() {
        payload = new byte[size];
    }

    /** Ours. */
    @Benchmark
    public byte[] eight() {
        Masking.apply(payload, 0, size, KEY, 0);
        return payload;
    }

    /** As the RFC describes it. */
    @Benchmark
    public byte[] single() {
        byte[] key = {(byte) (KEY >>> 24), (byte) (KEY >>> 16), (byte) (KEY >>> 8), (byte) KEY};
        for (int i = 0; i < size; i++) {
            payload[i] ^= key[i & 3];
        }
        return payload;
    }
}
