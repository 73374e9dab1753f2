package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.SocketContext;
import io.helidon.websocket.ClientWsFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Frames from the agent to the server, the way of large bodies: ours and Helidon's, without a
 * network. Helidon's server reads sockets in pieces of 8 KiB, so its reader gets such ones.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WebSocketFramesBenchmark {

    private static final int HELIDON_PIECE = 8 * 1024;

    /** The payload's size in bytes. */
    @Param({"4096", "65536"})
    public int size;

    private final SocketContext context = silent();
    private byte[] payload = new byte[0];
    private byte[] frame = new byte[0];
    private WsWriter writer = new WsWriter(OutputStream.nullOutputStream(), Role.CLIENT);

    /** Makes the frame that is read. */
    @Setup
    public void setUp() throws IOException {
        payload = new byte[size];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new WsWriter(out, Role.CLIENT).binary(Bytes.wrap(payload));
        frame = out.toByteArray();
        writer = new WsWriter(OutputStream.nullOutputStream(), Role.CLIENT);
    }

    /** Helidon asks it for nothing but places to log to. */
    private static SocketContext silent() {
        return (SocketContext)
                Proxy.newProxyInstance(
                        SocketContext.class.getClassLoader(),
                        new Class<?>[] {SocketContext.class},
                        (proxy, method, arguments) ->
                                method.getReturnType() == String.class ? "benchmark" : null);
    }

    /** Ours, writing a masked frame. */
    @Benchmark
    public void writeOurs() throws IOException {
        writer.binary(Bytes.wrap(payload));
    }

    /** Helidon's, masking a frame's payload; it has yet to be written. */
    @Benchmark
    public BufferData writeHelidon() {
        return ClientWsFrame.data(BufferData.create(payload), true).maskedData();
    }

    /** Ours, reading a masked frame. */
    @Benchmark
    public WsEvent readOurs() throws IOException {
        return new WsReader(new ByteArrayInputStream(frame), Role.SERVER, size).next();
    }

    /** Helidon's, reading a masked frame. */
    @Benchmark
    public BufferData readHelidon() {
        int[] at = {0};
        DataReader reader =
                new DataReader(() -> {
                    int from = at[0];
                    at[0] = Math.min(frame.length, from + HELIDON_PIECE);
                    return Arrays.copyOfRange(frame, from, at[0]);
                });
        return ClientWsFrame.read(context, reader, size).payloadData();
    }
}
