package io.cloudtunnel.agent.local;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.http.HopByHop;
import java.util.List;
import java.util.Locale;

/** What becomes of the heads that the local service sends. Pure functions. */
final class LocalHeads {

    private LocalHeads() {}

    /**
     * The head as the tunnel carries it: without hop-by-hop fields, but for what a 101 changes to
     * and a 426 asks for, and without those that are ours to send.
     */
    static ResponseHead passedOn(ResponseHead head) {
        Fields fields =
                HopByHop.strip(head.fields())
                        .filter((name, value) ->
                                !name.toLowerCase(Locale.ROOT).startsWith("cloudtunnel-"));
        boolean named = head.status() == 101 || head.status() == 426; // RFC 9110, 15.5.22
        List<String> granted = named ? head.fields().all("Upgrade") : List.of();
        return head.with(
                granted.isEmpty()
                        ? fields
                        : fields.toBuilder().add("Upgrade", String.join(", ", granted)).build());
    }
}
