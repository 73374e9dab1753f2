package io.cloudtunnel.protocol.session;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A link that does as another one, but for what a subclass changes. Safe as that one is. */
public abstract class ForwardingLink implements Link {

    private final Link link;

    /** One that does as this link. */
    protected ForwardingLink(Link link) {
        this.link = link;
    }

    @Override
    public int goodMessage() {
        return link.goodMessage();
    }

    @Override
    public void send(Message message) throws IOException {
        link.send(message);
    }

    @Override
    public void sendAll(List<Message> messages) throws IOException {
        link.sendAll(messages);
    }

    @Override
    public @Nullable Message receive() throws IOException {
        return link.receive();
    }

    @Override
    public long bytesReceived() {
        return link.bytesReceived();
    }

    @Override
    public long bytesSent() {
        return link.bytesSent();
    }

    @Override
    public void close(int code, String reason) {
        link.close(code, reason);
    }
}
