package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.frame.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * The one slash that makes a page's relative references work: at {@code /pub/{id}} they would lead
 * to {@code /pub/}, at {@code /pub/{id}/} they stay below.
 */
public final class TrailingSlash {

    private TrailingSlash() {}

    /**
     * The {@code Location} of a 307, a path with the query byte for byte, if a browser asks for a
     * page by GET or HEAD at {@code /pub/{id}}; null for anything else, which goes to the local
     * service as {@code /}. Whether the tunnel exists is for the caller to see to.
     */
    public static @Nullable String location(RequestHead head) {
        String path = head.path();
        String id = PublicPrefix.idIn(path);
        boolean bare = id != null && path.length() == PublicPrefix.of(id).length();
        if (!bare || !Navigations.isRead(head) || !Navigations.isNavigation(head)) {
            return null;
        }
        return head.withPath(path + "/").target();
    }
}
