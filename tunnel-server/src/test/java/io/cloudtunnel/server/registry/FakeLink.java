package io.cloudtunnel.server.registry;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.session.Exchange;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.server.access.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A link that does what a test says. */
public final class FakeLink implements AgentLink {

    final String agent;
    final boolean binary;
    final List<FakeExchange> opened = new ArrayList<>();
    volatile boolean takes = true;
    volatile boolean ready = true;
    volatile int load;
    volatile @Nullable ExchangeException refusal;
    volatile boolean replaced;
    volatile boolean known = true;
    volatile boolean exclusive;

    private FakeLink(String agent, boolean binary) {
        this.agent = agent;
        this.binary = binary;
    }

    static FakeLink binary(String agent) {
        return new FakeLink(agent, true);
    }

    public static FakeLink json() {
        return new FakeLink("", false);
    }

    @Override
    public Exchange open(RequestHead head, long bodyLength) throws ExchangeException {
        ExchangeException reason = refusal;
        if (reason != null) {
            throw reason;
        }
        FakeExchange exchange = new FakeExchange();
        synchronized (opened) {
            opened.add(exchange);
        }
        return exchange;
    }

    /** The only exchange so far. */
    FakeExchange only() {
        synchronized (opened) {
            if (opened.size() != 1) {
                throw new AssertionError(opened.size() + " were opened");
            }
            return opened.getFirst();
        }
    }

    int count() {
        synchronized (opened) {
            return opened.size();
        }
    }

    @Override
    public boolean carriesInterim() {
        return binary;
    }

    @Override
    public long openedNanos() {
        return System.nanoTime();
    }

    @Override
    public boolean takesRequests() {
        return takes;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public int openExchanges() {
        return load;
    }

    @Override
    public String agent() {
        return agent;
    }

    @Override
    public boolean isKnown() {
        return known;
    }

    @Override
    public @Nullable Guard guard() {
        return null;
    }

    @Override
    public boolean isExclusive() {
        return exclusive;
    }

    @Override
    public void replaced() {
        replaced = true;
        takes = false;
    }

    @Override
    public void announceLeaving(Duration left) {
        throw new AssertionError("no server leaves");
    }

    @Override
    public void leave(Duration atMost) {
        takes = false;
    }

    /** One exchange on it. */
    static final class FakeExchange implements Exchange {
        final StringBuilder body = new StringBuilder();
        volatile boolean ended;
        volatile boolean cancelled;
        volatile boolean wanted = true;
        volatile @Nullable CountDownLatch credit; // for which a piece waits
        private volatile @Nullable ExchangeException failure;
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();

        void fail(ExchangeException reason) {
            failure = reason;
            answers.add(reason);
        }

        void head(int status) {
            answers.add(new ResponseHead(status, "", Fields.EMPTY));
        }

        @Override
        public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
            CountDownLatch awaited = credit;
            if (awaited != null) {
                awaited.await();
            }
            throwIfFailed();
            body.append(piece.utf8());
            return wanted;
        }

        @Override
        public void endRequest(Fields trailers) throws ExchangeException {
            throwIfFailed();
            ended = true;
        }

        private void throwIfFailed() throws ExchangeException {
            ExchangeException reason = failure;
            if (reason != null) {
                throw reason;
            }
        }

        @Override
        public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
            Object next = answers.poll(10, TimeUnit.SECONDS);
            if (next instanceof ExchangeException e) {
                answers.add(e); // for whoever comes next
                throw e;
            }
            if (next instanceof ResponseHead head) {
                return head;
            }
            throw new AssertionError("no answer comes");
        }

        @Override
        public @Nullable Bytes receive() throws ExchangeException {
            throwIfFailed();
            return null;
        }

        @Override
        public Fields responseTrailers() {
            return Fields.EMPTY;
        }

        @Override
        public void cancel(ExchangeException reason) {
            cancelled = true;
            if (failure == null) {
                fail(reason);
            }
        }
    }
}
