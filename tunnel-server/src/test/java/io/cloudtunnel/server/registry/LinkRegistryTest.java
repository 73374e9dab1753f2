package io.cloudtunnel.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.MemoryBudget;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which links a tunnel has, and which of them gets a request. */
class LinkRegistryTest {

    private static final RequestHead GET = RequestHead.of("GET", "/", Fields.EMPTY);
    private static final RequestHead UPGRADE =
            RequestHead.of("GET", "/", Fields.of("Upgrade", "websocket"));
    private static final RequestHead POST = RequestHead.of("POST", "/", Fields.EMPTY);

    private final LinkRegistry links =
            new LinkRegistry(10, new Bridge(Duration.ZERO, 10), new MemoryBudget(1 << 20));

    private FakeLink add(FakeLink link) {
        links.add("t", link);
        return link;
    }

    private AgentLink choose(RequestHead head, long bodyLength) {
        TunnelUpstream tunnel = links.find("t");
        assertNotNull(tunnel);
        AgentLink link = tunnel.links().choose(head, bodyLength);
        assertNotNull(link);
        return link;
    }

    @Test
    void theLeastLoadedGetsARequestAndTheYoungestWhatMayTakeLong() {
        FakeLink oldest = add(FakeLink.binary("a"));
        FakeLink middle = add(FakeLink.binary("b"));
        FakeLink youngest = add(FakeLink.binary("a"));
        oldest.load = 2;
        middle.load = 1;
        youngest.load = 3;
        assertSame(middle, choose(GET, 0));
        assertSame(middle, choose(POST, 100));
        assertSame(youngest, choose(POST, Exchange.UNKNOWN_LENGTH));
        assertSame(youngest, choose(UPGRADE, 0));
        middle.load = 2;
        youngest.load = 2;
        assertSame(youngest, choose(GET, 0));
    }

    @Test
    void thoseThatLeaveGetNothing() {
        FakeLink older = add(FakeLink.binary("a"));
        FakeLink younger = add(FakeLink.binary("a"));
        older.load = 5;
        younger.takes = false;
        assertSame(older, choose(GET, 0));
        assertSame(older, choose(UPGRADE, 0));
        assertEquals(1, links.usable("t"));
        older.takes = false;
        assertNull(links.find("t"));
        assertEquals(0, links.usable("t"));
        assertEquals(List.of(older, younger), links.all());
    }

    @Test
    void oneThatHasNotSaidHelloIsTheLastChoice() {
        FakeLink older = add(FakeLink.binary("a"));
        FakeLink younger = add(FakeLink.binary("a"));
        older.load = 5;
        younger.ready = false;
        assertSame(older, choose(GET, 0));
        assertSame(older, choose(UPGRADE, 0));
        older.takes = false;
        assertSame(younger, choose(GET, 0));
    }

    @Test
    void aNewerJsonLinkReplacesOnlyTheOlderOne() {
        FakeLink binary = add(FakeLink.binary("a"));
        FakeLink first = add(FakeLink.json());
        assertFalse(first.replaced);
        FakeLink second = add(FakeLink.json());
        assertTrue(first.replaced);
        assertFalse(binary.replaced);
        assertFalse(second.replaced);
        assertEquals(2, links.usable("t"));
    }

    @Test
    void whatJsonWouldLoseGoesToABinaryLink() {
        FakeLink binary = add(FakeLink.binary("a"));
        FakeLink json = add(FakeLink.json());
        binary.load = 3;
        assertSame(json, choose(GET, 0));
        assertSame(binary, choose(UPGRADE, 0));
        assertSame(
                binary, choose(RequestHead.of("PUT", "/", Fields.of("Expect", "100-continue")), 9));
        assertSame(binary, choose(RequestHead.of("GET", "/", Fields.of("TE", "trailers")), 0));
        TunnelUpstream tunnel = links.find("t");
        assertTrue(tunnel != null && tunnel.carriesInterim());
        binary.takes = false;
        assertFalse(tunnel.carriesInterim());
        assertSame(json, choose(UPGRADE, 0));
    }

    @Test
    void anExclusiveAgentReplacesAllOthers() {
        FakeLink other = add(FakeLink.binary("a"));
        FakeLink json = add(FakeLink.json());
        FakeLink own = add(FakeLink.binary("b"));
        links.add("another", FakeLink.binary("a"));
        FakeLink newest = exclusive("b");
        assertTrue(other.replaced);
        assertTrue(json.replaced);
        assertFalse(own.replaced);
        assertFalse(newest.replaced);
        assertEquals(1, links.usable("another"));
    }

    private FakeLink exclusive(String agent) {
        FakeLink link = FakeLink.binary(agent);
        link.exclusive = true;
        return greeted(link);
    }

    private FakeLink greeted(FakeLink link) {
        add(link);
        links.greeted("t", link);
        return link;
    }

    @Test
    void whoAsksForLessIsSentAwayByAnExclusiveAgent() {
        FakeLink owner = exclusive("b");
        assertTrue(greeted(FakeLink.binary("a")).replaced);
        assertTrue(add(FakeLink.json()).replaced);
        assertFalse(greeted(FakeLink.binary("b")).replaced, "a link of its own");
        assertFalse(owner.replaced);
        assertEquals(2, links.usable("t"));
        links.remove("t", owner);
        assertFalse(greeted(FakeLink.binary("c")).replaced, "it has left");
    }

    @Test
    void ofExclusiveOnesTheNewestHasTheTunnelAndKeepsIt() {
        FakeLink older = exclusive("a");
        FakeLink newer = exclusive("b");
        assertTrue(older.replaced);
        assertTrue(exclusive("a").replaced, "it dialled before it knew");
        assertFalse(newer.replaced);
        assertEquals(1, links.usable("t"));
        newer.takes = false;
        assertFalse(exclusive("a").replaced, "the other one has gone");
        assertTrue(exclusive("c").takes);
    }

    @Test
    void whoHasNotSaidHelloIsJudgedWhenItDoes() {
        FakeLink unknown = FakeLink.binary("a");
        unknown.known = false;
        add(unknown);
        exclusive("b");
        assertFalse(unknown.replaced);
        unknown.known = true;
        links.greeted("t", unknown);
        assertTrue(unknown.replaced);
    }

    @Test
    void whoWasReplacedIsRememberedUpToABound() {
        for (int i = 0; i < TakeOver.MOST + 2; i++) {
            exclusive("a" + i);
        }
        assertTrue(exclusive("a1").replaced);
        assertFalse(exclusive("a0").replaced, "it is forgotten");
    }

    @Test
    void whatIsRemovedIsForgotten() {
        FakeLink first = add(FakeLink.binary("a"));
        FakeLink second = add(FakeLink.binary("a"));
        links.remove("t", first);
        assertSame(second, choose(GET, 0));
        links.remove("t", first);
        links.remove("t", second);
        assertNull(links.find("t"));
        assertEquals(List.of(), links.all());
    }

    @Test
    void placesAreTheBound() {
        for (int i = 0; i < 10; i++) {
            assertTrue(links.tryReserve());
        }
        assertFalse(links.tryReserve());
        links.release();
        assertTrue(links.tryReserve());
    }
}
