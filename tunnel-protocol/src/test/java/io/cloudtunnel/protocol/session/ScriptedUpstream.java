package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.RequestHead;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A local service that does what a test says. */
final class ScriptedUpstream implements Upstream {

    private final BlockingQueue<ScriptedExchange> opened = new LinkedBlockingQueue<>();
    private final Consumer<ScriptedExchange> script;

    /** A service that only answers when the test says so. */
    ScriptedUpstream() {
        this(exchange -> {});
    }

    /** A service that does the same with each request as soon as it is opened. */
    ScriptedUpstream(Consumer<ScriptedExchange> script) {
        this.script = script;
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength) {
        ScriptedExchange exchange = new ScriptedExchange(head, bodyLength);
        script.accept(exchange);
        opened.add(exchange);
        return exchange;
    }

    /** Waits for the next request. */
    ScriptedExchange next() throws InterruptedException {
        ScriptedExchange exchange = opened.poll(20, TimeUnit.SECONDS);
        if (exchange == null) {
            throw new AssertionError("no request came");
        }
        return exchange;
    }

    /** Requests that came, and that the test has not taken. */
    int untaken() {
        return opened.size();
    }
}
