package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.Locale;

/** Tells whether a browser asks for a page, as opposed to what belongs to a page. */
final class Navigations {

    private Navigations() {}

    /**
     * By {@code Sec-Fetch-Mode} (Fetch Metadata, section 2.2). Browsers send none over plain HTTP:
     * there a GET or HEAD that accepts HTML counts.
     */
    static boolean isNavigation(RequestHead head) {
        String mode = head.fields().first("Sec-Fetch-Mode");
        return mode != null ? mode.equals("navigate") : isRead(head) && acceptsHtml(head.fields());
    }

    /** Whether the method is GET or HEAD. */
    static boolean isRead(RequestHead head) {
        return head.method().equals("GET") || head.method().equals("HEAD");
    }

    private static boolean acceptsHtml(Fields fields) {
        return fields.all("Accept").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("text/html"));
    }
}
