package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Frame;
import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.JsonCodec;
import io.cloudtunnel.protocol.frame.JsonMessage;
import io.cloudtunnel.protocol.frame.ProtocolException;
import io.cloudtunnel.protocol.frame.Reason;
import io.cloudtunnel.protocol.frame.ResponseHead;
import io.cloudtunnel.protocol.frame.StandardPhrase;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the server does with what an agent sends. */
final class AnswerFrames implements StreamRole {

    @Override
    public String name() {
        return "server";
    }

    private final CountDownLatch greeted = new CountDownLatch(1);
    private final Consumer<Greeting> onHello;

    /**
     * What the server does, and who else has to know of the hello.
     *
     * @param onHello called by the reader, so it does not block
     */
    AnswerFrames(Consumer<Greeting> onHello) {
        this.onHello = onHello;
    }

    @Override
    public void onHello(Session session, Greeting greeting) {
        onHello.accept(greeting); // the session keeps what it says
        greeted.countDown();
    }

    /** The session is over, so nobody need wait for a hello any longer. */
    void noHello() {
        greeted.countDown();
    }

    /** Waits for the agent's hello, which follows its handshake at once. */
    void awaitHello(Duration atMost) throws InterruptedException {
        boolean ignored = greeted.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onFrame(Session session, Frame.OfStream frame, int messageLength)
            throws ProtocolException {
        switch (frame) {
            case Frame.Req ignored -> throw new ProtocolException("wrong-direction");
            case Frame.ReqChunk ignored -> throw new ProtocolException("wrong-direction");
            default -> {
                ServerStream stream = find(session, frame.stream());
                if (stream != null) { // else it has ended, and this crossed the end
                    onFrame(stream, frame, messageLength);
                }
            }
        }
    }

    private static @Nullable ServerStream find(Session session, int id) throws ProtocolException {
        return session.streams().find(id) instanceof ServerStream stream ? stream : null;
    }

    private static void onFrame(ServerStream stream, Frame.OfStream frame, int messageLength)
            throws ProtocolException {
        switch (frame) {
            case Frame.Req ignored -> throw new IllegalStateException("handled above");
            case Frame.ReqChunk ignored -> throw new IllegalStateException("handled above");
            case Frame.Resp resp -> onHead(stream, resp.head(), resp.end());
            case Frame.RespChunk chunk -> stream.onChunk(chunk, messageLength);
            case Frame.Credit credit -> stream.onCredit(credit.increment());
            case Frame.Stop ignored -> stream.onStop();
            case Frame.Reset reset ->
                    stream.end(Reasons.failure(reset.reason(), reset.text(), false), null);
            case Frame.Refused refused ->
                    stream.onRefused(Reasons.failure(refused.reason(), refused.text(), true));
        }
    }

    private static void onHead(ServerStream stream, ResponseHead head, boolean end)
            throws ProtocolException {
        String wrong = HeadFields.problem(head);
        if (wrong != null) {
            stream.malformed(wrong);
            return;
        }
        int bytes = BinaryCodec.sizeOf(head);
        if (!stream.reservation().tryAdd(bytes)) {
            stream.end(JsonFailures.outOfBudget(), Reason.OUT_OF_BUDGET);
            return;
        }
        if (head.isInterim()) {
            stream.onInterim(head, bytes);
            return;
        }
        boolean switches = head.status() == 101;
        boolean bodiless = !switches && isBodiless(stream.asked().method(), head.status());
        if (bodiless && !end) {
            stream.malformed("a body where there can be none");
        } else if (switches && !stream.asked().upgrade()) {
            stream.malformed("a 101 that nobody asked for");
        } else {
            long length =
                    bodiless || switches
                            ? Exchange.UNKNOWN_LENGTH
                            : HeadFields.declaredLength(head.fields());
            Inbound.Begin begin = end ? Inbound.Begin.NONE : Inbound.Begin.BODY;
            stream.onFinal(head, length, begin, Bytes.EMPTY);
        }
    }

    /** RFC 9112, section 6.3. */
    private static boolean isBodiless(String method, int status) {
        return method.equals("HEAD") || status == 204 || status == 304;
    }

    @Override
    public void onText(Session session, Bytes text) throws IOException {
        switch (JsonCodec.decode(text)) {
            case JsonMessage.Response response -> {
                ServerStream stream = find(session, JsonForm.streamId(response.id()));
                if (stream != null) {
                    whole(session, stream, response);
                }
            }
            case JsonMessage.MalformedResponse wrong -> {
                ServerStream stream = find(session, JsonForm.streamId(wrong.id()));
                if (stream != null) {
                    stream.malformed(String.valueOf(wrong.problem()));
                }
            }
            case JsonMessage.Request ignored -> throw new ProtocolException("wrong-direction");
            case JsonMessage.MalformedRequest ignored ->
                    throw new ProtocolException("wrong-direction");
            case JsonMessage.Unknown ignored -> throw new ProtocolException("bad-text");
        }
    }

    private static void whole(Session session, ServerStream stream, JsonMessage.Response response)
            throws ProtocolException {
        ResponseHead said = response.head();
        int status = said.status();
        String reason = said.reason().isEmpty() ? StandardPhrase.of(status) : said.reason();
        var head = new ResponseHead(status, reason, said.fields());
        Bytes body = response.body();
        boolean bodiless = isBodiless(stream.asked().method(), status);
        String wrong = HeadFields.problem(head);
        if (wrong != null) {
            stream.malformed(wrong);
        } else if (body.length() > session.own().jsonMaxBody() || (bodiless && !body.isEmpty())) {
            stream.malformed("a body that is too long for its form");
        } else if (!stream.reservation().tryAdd((long) BinaryCodec.sizeOf(head) + body.length())) {
            stream.end(JsonFailures.outOfBudget(), Reason.OUT_OF_BUDGET);
        } else {
            long length =
                    bodiless ? Exchange.UNKNOWN_LENGTH : HeadFields.declaredLength(head.fields());
            stream.onFinal(head, length, Inbound.Begin.WHOLE, body);
        }
    }

    @Override
    public void onLeaving(Frame.Leaving leaving) throws ProtocolException {
        throw new ProtocolException("wrong-direction");
    }

    @Override
    public void onGoAway(Session session, Frame.GoAway away) throws ProtocolException {
        session.streams().stopOpening(away.lastStream());
        ExchangeException reason = Reasons.failure(Reason.DRAINING, "agent not connected", true);
        for (Stream stream : session.streams().all()) {
            if (stream.id() > away.lastStream() && stream instanceof ServerStream refused) {
                refused.refusedBy(reason);
            }
        }
    }
}
