package io.cloudtunnel.benchmarks;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.session.Link;
import io.cloudtunnel.protocol.session.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A message, signed by one end and checked by the other; and the same link without that. So this is
 * what both ends together pay for one message.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignedMessageBenchmark {

    /** The size of each message in bytes. */
    @Param({"100", "1024", "65536"})
    public int messageBytes;

    private Bytes body = Bytes.EMPTY;
    private final Link plain = new Loop();
    private final Link signing;
    private final Link checking;

    /** Both ends of a link. */
    public SignedMessageBenchmark() {
        var keys = Samples.linkKeys();
        Loop loop = new Loop();
        signing = keys.serverEnd(loop);
        checking = keys.agentEnd(loop);
    }

    /** Makes the message. */
    @Setup
    public void setUp() {
        body = Samples.body(messageBytes);
    }

    /** What is sent is received, as one part: what a transport does. */
    private static final class Loop implements Link {
        private final Queue<Message> messages = new ArrayDeque<>();

        @Override
        public void send(Message message) {
            messages.add(
                    message instanceof Message.Text
                            ? message
                            : new Message.Binary(message.payload()));
        }

        @Override
        public @Nullable Message receive() {
            return messages.poll();
        }

        @Override
        public long bytesReceived() {
            return 0;
        }

        @Override
        public void close(int code, String reason) {
            throw new IllegalStateException(code + " " + reason);
        }
    }

    /** Binary, signed. */
    @Benchmark
    public @Nullable Message signedBinary() throws IOException {
        signing.send(new Message.Binary(body));
        return checking.receive();
    }

    /** Text, signed. */
    @Benchmark
    public @Nullable Message signedText() throws IOException {
        signing.send(new Message.Text(body));
        return checking.receive();
    }

    /** As it is. */
    @Benchmark
    public @Nullable Message unsigned() throws IOException {
        plain.send(new Message.Binary(body));
        return plain.receive();
    }
}
