package io.cloudtunnel.agent.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.observe.InspectListener;
import io.cloudtunnel.observe.InspectSource;
import io.cloudtunnel.protocol.session.Upstream;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Keeps what goes to the local service, and shows it. Needs {@code tunnel-observe}. */
final class LiveInspector implements Inspector, InspectSource {

    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;

    private final int port;
    private final String token;
    private final Tunnel tunnel;
    private final Captures captures = new Captures();
    private final CapturedUpstream upstream;
    private final Resender resender;
    private volatile @Nullable InspectListener listener;

    LiveInspector(
            int port, String token, Upstream local, ScheduledExecutorService timer, Tunnel tunnel) {
        this.port = port;
        this.token = token;
        this.tunnel = tunnel;
        upstream = new CapturedUpstream(local, captures);
        resender = new Resender(upstream, captures, timer);
    }

    @Override
    public Upstream upstream() {
        return upstream;
    }

    @Override
    public void start() {
        try {
            listener = InspectListener.start(port, token, this);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public int port() {
        InspectListener started = listener;
        return started == null ? -1 : started.port();
    }

    @Override
    public byte[] requests(long after) throws InterruptedException {
        Captures.View view = captures.view(after);
        ObjectNode all = CaptureJson.object().put("version", view.version());
        all.put("local", tunnel.local()).put("publicUrl", tunnel.publicUrl().get());
        ArrayNode list = all.putArray("requests");
        view.all().forEach(each -> list.add(CaptureJson.line(each)));
        return CaptureJson.bytes(all);
    }

    @Override
    public byte @Nullable [] request(long number) {
        Capture capture = captures.find(number);
        return capture == null ? null : CaptureJson.bytes(CaptureJson.whole(capture));
    }

    @Override
    public Outcome sendAgain(long number) {
        Capture capture = captures.find(number);
        if (capture == null) {
            return refused(NOT_FOUND, "it is not kept any more");
        }
        String reason = capture.notAgain();
        if (reason != null) {
            return refused(CONFLICT, reason);
        }
        long fresh = resender.send(capture);
        return fresh < 0
                ? refused(TOO_MANY, Resender.MOST + " are on their way already")
                : new Outcome(ACCEPTED, CaptureJson.object().put("number", fresh).toString());
    }

    private static Outcome refused(int status, String reason) {
        return new Outcome(status, CaptureJson.object().put("reason", reason).toString());
    }

    @Override
    public void clear() {
        captures.clear();
    }

    @Override
    public void close() {
        captures.close();
        InspectListener started = listener;
        if (started != null) {
            started.close();
        }
    }
}
