package io.cloudtunnel.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Does a hello of ours come back as it was said? */
class HelloTest {

    @Test
    void everyMemberComesBack() throws IOException {
        Greeting all =
                new Greeting(
                        7, 20_000, 8 << 20, 0, 9_000, "caf\u00e9/1", "a-Z_9", true, "{\"a\":1}");
        assertEquals(List.of(new Frame.Hello(all)), decoded(all));
    }

    @Test
    void theDefaultComesBack() throws IOException {
        assertEquals(List.of(new Frame.Hello(Greeting.DEFAULT)), decoded(Greeting.DEFAULT));
    }

    private static List<Frame> decoded(Greeting greeting) throws IOException {
        List<Bytes> parts = new ArrayList<>();
        BinaryCodec.encode(new Frame.Hello(greeting), parts);
        return BinaryCodec.decode(Bytes.join(parts), Greeting.DEFAULT.headMax());
    }
}
