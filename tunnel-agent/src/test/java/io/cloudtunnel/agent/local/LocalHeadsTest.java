package io.cloudtunnel.agent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import org.junit.jupiter.api.Test;

/** What of a local service's head goes on. */
class LocalHeadsTest {

    /** Else it could say that the tunnel has failed, or pose as a server that answers a probe. */
    @Test
    void theTunnelsOwnWordsAreDropped() {
        Fields said =
                Fields.of(
                        "A",
                        "1",
                        "Cloudtunnel-Error",
                        "internal",
                        "cloudtunnel-instance",
                        "evil",
                        "B",
                        "2");
        assertEquals(
                Fields.of("A", "1", "B", "2"),
                LocalHeads.passedOn(new ResponseHead(200, said)).fields());
    }
}
