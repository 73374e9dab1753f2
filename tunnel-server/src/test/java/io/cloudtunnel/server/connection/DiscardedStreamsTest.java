package io.cloudtunnel.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiscardedStreamsTest {

    @Test
    void theOldestAreForgotten() {
        DiscardedStreams streams = new DiscardedStreams();
        IntStream.range(0, DiscardedStreams.MOST).forEach(streams::add);
        streams.add(0); // that it comes again makes it no younger
        assertTrue(streams.contains(0));
        streams.add(DiscardedStreams.MOST);
        assertFalse(streams.contains(0));
        streams.remove(1);
        streams.add(DiscardedStreams.MOST + 1);
        assertEquals(
                DiscardedStreams.MOST,
                IntStream.rangeClosed(0, DiscardedStreams.MOST + 1)
                        .filter(streams::contains)
                        .count());
    }
}
