package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.RequestHead;
import io.cloudtunnel.protocol.frame.ResponseHead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A local service that does what a test says, with one request. */
final class ScriptedExchange implements Exchange {

    final RequestHead head;
    final long bodyLength;
    final CompletableFuture<Bytes> request = new CompletableFuture<>();
    final CompletableFuture<ExchangeException> cancelled = new CompletableFuture<>();
    volatile @Nullable CountDownLatch takes; // for which a piece waits, or for the end
    final CountDownLatch waiting = new CountDownLatch(1); // somebody waits for more

    private final List<Bytes> sent = new ArrayList<>();
    private final Deque<Object> script = new ArrayDeque<>(); // guarded by this

    ScriptedExchange(RequestHead head, long bodyLength) {
        this.head = head;
        this.bodyLength = bodyLength;
    }

    /** Adds heads and pieces that come; {@link Bytes#EMPTY} is the end. */
    synchronized ScriptedExchange then(Object... steps) {
        script.addAll(List.of(steps));
        notifyAll();
        return this;
    }

    ScriptedExchange answer(int status, Fields fields, Bytes body) {
        Object[] steps =
                body.isEmpty()
                        ? new Object[] {new ResponseHead(status, fields), Bytes.EMPTY}
                        : new Object[] {new ResponseHead(status, fields), body, Bytes.EMPTY};
        return then(steps);
    }

    private synchronized Object next() throws ExchangeException, InterruptedException {
        while (script.isEmpty() && !cancelled.isDone()) {
            waiting.countDown();
            wait(60_000);
        }
        if (cancelled.isDone()) {
            throw reason();
        }
        Object step = script.remove();
        if (step instanceof ExchangeException e) {
            throw e;
        }
        if (step instanceof RuntimeException e) {
            throw e;
        }
        return step;
    }

    private ExchangeException reason() throws InterruptedException {
        try {
            return cancelled.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean send(Bytes piece) throws ExchangeException, InterruptedException {
        CountDownLatch awaited = takes;
        while (awaited != null && !awaited.await(20, TimeUnit.MILLISECONDS)) {
            if (cancelled.isDone()) {
                throw reason();
            }
        }
        sent.add(piece);
        return true;
    }

    @Override
    public void endRequest(Fields trailers) {
        byte[] all = new byte[sent.stream().mapToInt(Bytes::length).sum()];
        int at = 0;
        for (Bytes piece : sent) {
            piece.copyTo(all, at);
            at += piece.length();
        }
        request.complete(Bytes.wrap(all));
    }

    @Override
    public ResponseHead receiveHead() throws ExchangeException, InterruptedException {
        return (ResponseHead) next();
    }

    @Override
    public @Nullable Bytes receive() throws ExchangeException, InterruptedException {
        Bytes piece = (Bytes) next();
        return piece.isEmpty() ? null : piece;
    }

    @Override
    public Fields responseTrailers() {
        return Fields.EMPTY;
    }

    @Override
    public synchronized void cancel(ExchangeException reason) {
        cancelled.complete(reason);
        notifyAll();
    }
}
