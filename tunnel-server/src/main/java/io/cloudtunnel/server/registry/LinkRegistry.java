package io.cloudtunnel.server.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnel has a link to this instance. At most one per tunnel for now: an agent in JSON mode
 * keeps one, and a newer one takes over. Safe for use by several threads.
 */
public final class LinkRegistry {

    private final Map<String, AgentLink> links = new ConcurrentHashMap<>(); // bounded by places
    private final Semaphore places;
    private final int mostLinks;

    /** A registry for so many links. */
    public LinkRegistry(int mostLinks) {
        this.mostLinks = mostLinks;
        this.places = new Semaphore(mostLinks);
    }

    /** Takes a place for a link that is being opened; false where there is none left. */
    public boolean tryReserve() {
        return places.tryAcquire();
    }

    /** Gives back a place, whether a link took it or not. */
    public void release() {
        places.release();
    }

    /**
     * Waits until no place is taken, but not for longer; says whether that came true. Meanwhile
     * nobody gets a place, so it is for a server that leaves.
     */
    public boolean awaitEmpty(Duration atMost) throws InterruptedException {
        if (!places.tryAcquire(mostLinks, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        places.release(mostLinks);
        return true;
    }

    /** The most links that there may be. */
    public int mostLinks() {
        return mostLinks;
    }

    /** Makes a link the one of its tunnel; the one before it is closed. */
    public void add(String tunnelId, AgentLink link) {
        AgentLink before = links.put(tunnelId, link);
        if (before != null) {
            before.replaced();
        }
    }

    /** Forgets a link, unless another has taken its place. */
    public void remove(String tunnelId, AgentLink link) {
        links.remove(tunnelId, link);
    }

    /** The link of a tunnel, or null. */
    public @Nullable AgentLink find(String tunnelId) {
        return links.get(tunnelId);
    }

    /** All links at this moment. */
    public List<AgentLink> all() {
        return List.copyOf(links.values());
    }
}
