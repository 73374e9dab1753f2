package io.cloudtunnel.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How frames are put into messages. */
class BatchTest {

    private static final int GOOD = 1000;
    private static final int HEAD_MAX = 64 * 1024;

    @Test
    void framesShareMessagesOfAGoodLength() throws Exception {
        Batch batch = new Batch(GOOD);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            frames.add(new Frame.Ping(i));
        }
        frames.forEach(batch::add);
        List<Frame> decoded = new ArrayList<>();
        List<Message> messages = batch.messages();
        for (Message message : messages) {
            assertTrue(message.payload().length() <= GOOD);
            decoded.addAll(BinaryCodec.decode(message.payload(), HEAD_MAX));
        }
        assertEquals(frames, decoded);
        assertTrue(messages.size() < 10, messages.size() + " messages");
    }

    @Test
    void aFrameThatIsLongerGoesAlone() throws Exception {
        RequestHead head = RequestHead.of("GET", "/" + "x".repeat(GOOD), Fields.EMPTY);
        Frame large = new Frame.Req(1, 0, head, true, false);
        Batch batch = new Batch(GOOD);
        batch.add(new Frame.Ping(1));
        batch.add(large);
        batch.add(new Frame.Ping(2));
        List<Message> messages = batch.messages();
        assertEquals(3, messages.size());
        assertEquals(List.of(large), BinaryCodec.decode(messages.get(1).payload(), HEAD_MAX));
    }
}
