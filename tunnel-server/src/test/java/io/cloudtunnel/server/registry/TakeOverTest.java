package io.cloudtunnel.server.registry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which link takes the place of which, whatever order their threads run in. */
class TakeOverTest {

    private final TakeOver owner = new TakeOver();
    private final TunnelLinks links = new TunnelLinks(link -> true);

    @Test
    void ofTwoJsonLinksThatComeAtTheSameMomentTheYoungerStays() {
        FakeLink binary = FakeLink.binary("a");
        FakeLink first = FakeLink.json();
        FakeLink second = FakeLink.json();
        links.add(binary);
        links.add(first);
        links.add(second); // before the first one has its turn
        owner.json(first, links);
        assertFalse(second.replaced);
        owner.json(second, links);
        assertTrue(first.replaced);
        assertFalse(second.replaced);
        assertFalse(binary.replaced);
    }

    @Test
    void soItIsInTheOtherOrder() {
        FakeLink first = FakeLink.json();
        FakeLink second = FakeLink.json();
        links.add(first);
        links.add(second);
        owner.json(second, links);
        owner.json(first, links);
        assertTrue(first.replaced);
        assertFalse(second.replaced);
    }

    @Test
    void whatHasGoneBeforeItsTurnReplacesNothing() {
        FakeLink first = FakeLink.json();
        FakeLink gone = FakeLink.json();
        links.add(first);
        owner.json(gone, links);
        assertFalse(first.replaced);
    }
}
