package io.cloudtunnel.protocol.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A link whose first message has been looked at, and is received once more. */
public final class PeekedLink extends ForwardingLink {

    private @Nullable Message first; // of the thread that receives

    /** A link on which this message was the first. */
    public PeekedLink(Link link, Message first) {
        super(link);
        this.first = first;
    }

    @Override
    public @Nullable Message receive() throws IOException {
        Message message = first;
        first = null;
        return message == null ? super.receive() : message;
    }
}
