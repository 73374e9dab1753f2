package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.BinaryCodec;
import io.cloudtunnel.protocol.frame.Bytes;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.http.BodyFraming;
import io.cloudtunnel.protocol.http.BodyReader;
import io.cloudtunnel.protocol.http.HttpInput;
import io.cloudtunnel.protocol.http.HttpLimits;
import io.cloudtunnel.protocol.http.HttpOutput;
import io.cloudtunnel.protocol.http.ReceivedResponse;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.signed.LinkKeys;
import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsHandshake;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The client's opening handshake (RFC 6455, section 4.1) over a connection. The subprotocol of
 * binary mode is offered where the server is known to speak it; what a server names that was not
 * offered is not looked at. No extension is offered, and none accepted.
 */
final class Handshake {

    private static final int LONGEST_REFUSAL_BYTES = 4096;

    private final ServerAddress server;
    private final Credentials credentials;
    private final String agent;
    private final boolean offersBinary;
    private final @Nullable SignedOffer signed;
    private final Fields shown;
    private final String key = WsHandshake.newKey();

    /**
     * A handshake of an agent with this {@code User-Agent}.
     *
     * @param offersBinary whether binary mode is offered
     * @param signed is offered instead, and no secret sent; null for a link that is not signed
     * @param shown to those who let agents through
     */
    Handshake(
            ServerAddress server,
            Credentials credentials,
            String agent,
            boolean offersBinary,
            @Nullable SignedOffer signed,
            Fields shown) {
        this.shown = shown;
        this.signed = signed;
        this.offersBinary = offersBinary;
        this.server = server;
        this.credentials = credentials;
        this.agent = agent;
    }

    Dialled run(
            Transport transport, Limits limits, MemoryBudget budget, ScheduledExecutorService timer)
            throws IOException {
        HttpInput in = new HttpInput(transport.socket().getInputStream(), HttpLimits.DEFAULT);
        HttpOutput out = new HttpOutput(transport.socket().getOutputStream());
        String target =
                signed == null ? server.webSocketTarget(credentials) : server.basePath() + "/ws";
        out.writeRequest("GET", target, fields(), BodyFraming.NONE);
        out.end();
        ReceivedResponse answer = in.readResponse("GET");
        while (answer != null && answer.head().isInterim()) {
            answer = in.readResponse("GET");
        }
        if (answer == null) {
            throw new IOException("the server closed the connection instead of answering /ws");
        }
        if (answer.head().status() != 101) {
            return new Dialled.Refused(refusal(answer, in.body()));
        }
        check(answer.head().fields());
        LinkKeys keys = signed == null ? null : signed.accepted(answer.head().fields());
        InputStream rest = transport.socket().getInputStream();
        byte[] early = buffered(in);
        WsLink link =
                new WsLink(
                        early.length == 0
                                ? rest
                                : new SequenceInputStream(new ByteArrayInputStream(early), rest),
                        transport.socket().getOutputStream(),
                        Role.CLIENT,
                        keys == null ? limits.jsonMessageBytes() : BinaryCodec.MAX_MESSAGE,
                        budget,
                        transport,
                        limits,
                        timer);
        return new Dialled.Open(
                link,
                keys == null ? link : keys.agentEnd(link),
                keys != null || agreesToBinary(answer.head().fields()),
                LinkTerms.of(answer.head().fields()));
    }

    private boolean agreesToBinary(Fields answer) {
        return offersBinary && Credentials.BINARY.equals(answer.first("Sec-WebSocket-Protocol"));
    }

    private Fields fields() {
        Fields.Builder fields =
                Fields.builder()
                        .add("Host", server.authority())
                        .add("Connection", "Upgrade")
                        .add("Upgrade", "websocket")
                        .add("Sec-WebSocket-Version", "13")
                        .add("Sec-WebSocket-Key", key)
                        .add("User-Agent", agent);
        shown.forEach(fields::add);
        if (signed != null) {
            signed.addTo(fields);
            return fields.build();
        }
        if (offersBinary) {
            fields.add("Sec-WebSocket-Protocol", Credentials.BINARY);
        }
        if (credentials.inFields()) {
            fields.add("Authorization", "Bearer " + credentials.secret());
            fields.add("X-Tunnel-Id", credentials.id());
        }
        return fields.build();
    }

    private void check(Fields answer) throws IOException {
        String accept = answer.first("Sec-WebSocket-Accept");
        boolean good =
                "websocket".equalsIgnoreCase(answer.first("Upgrade"))
                        && answer.hasToken("Connection", "upgrade")
                        && accept != null
                        && accept.strip().equals(WsHandshake.acceptKey(key));
        if (!good) {
            throw new IOException("the server's 101 does not answer our handshake (RFC 6455)");
        }
        if (answer.contains("Sec-WebSocket-Extensions")) {
            throw new IOException("the server uses a WebSocket extension that was not offered");
        }
    }

    /** Frames that came right behind the 101. */
    private static byte[] buffered(HttpInput in) throws IOException {
        ByteArrayOutputStream early = new ByteArrayOutputStream();
        while (in.hasBuffered()) {
            Bytes piece = in.body().read();
            if (piece != null) {
                piece.writeTo(early);
            }
        }
        return early.toByteArray();
    }

    private static Refusal refusal(ReceivedResponse answer, BodyReader body) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            @Nullable Bytes piece = body.read();
            while (piece != null && text.size() < LONGEST_REFUSAL_BYTES) {
                piece.writeTo(text);
                piece = body.read();
            }
        } catch (IOException ignored) {
            // The status says enough.
        }
        return Refusal.of(
                answer.head().status(),
                answer.head().fields(),
                Bytes.wrap(text.toByteArray()).utf8(),
                Clock.systemUTC());
    }
}
