package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.cloudtunnel.it.Case.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Makes exchanges, as the client and as the local service. One case at a time. */
final class Exchanger {

    /** What a client sends once the protocol has changed. */
    private static final String RAW = "from\0the client \u00ff";

    private final BlockingQueue<Seen> arrived = new LinkedBlockingQueue<>();
    private volatile Case current = Case.of("none", "", Case.OK);

    /** The local service. */
    void serve(RawService.Call call) throws Exception {
        Case asked = current;
        String answer = asked.answer();
        if (asked.expects() && !call.head().first("Expect").isEmpty() && isInterim(answer)) {
            int end = answer.indexOf("\r\n\r\n") + 4;
            call.wire().send(answer.substring(0, end));
            answer = answer.substring(end);
        } else if (asked.expects() && isInterim(answer)) {
            answer = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
        if (asked.end() == End.UNREAD || asked.end() == End.SWITCHED) {
            call.wire().send(answer);
            boolean raw = asked.end() == End.SWITCHED;
            String rest = raw ? rest(call.wire(), call.head()) : "";
            arrived.add(Seen.of(call.head(), rest, List.of()));
            call.wire().send(rest).socket().shutdownOutput();
            rest(call.wire(), call.head()); // else a reset could take the answer away
            return;
        }
        arrived.add(Seen.read(call.wire(), call.head(), false));
        call.wire().send(answer);
        switch (asked.end()) {
            case CLOSED -> call.wire().close();
            case LEFT -> rest(call.wire(), call.head());
            default -> {}
        }
    }

    private static boolean isInterim(String answer) {
        return answer.startsWith("HTTP/1.1 100");
    }

    /** All until the peer has ended its side. */
    private static String rest(Wire wire, Wire.Head head) throws IOException {
        byte[] all = wire.body(new Wire.Head(head.start(), List.of()), true).readAllBytes();
        return new String(all, StandardCharsets.ISO_8859_1);
    }

    /** Makes the exchange over a connection to the service or to a server. */
    Exchanged run(Case asked, Wire client, String base) throws Exception {
        begin(asked);
        List<Seen> answers = new ArrayList<>();
        String request = asked.requestAt(base);
        int first = asked.expects() ? request.indexOf("\r\n\r\n") + 4 : request.length();
        client.send(request.substring(0, first));
        int finals = 0;
        while (finals < asked.count()) {
            Wire.Head head = client.readAnswer();
            Seen answer = answer(asked, client, head);
            answers.add(answer);
            finals += answer.isInterim() ? 0 : 1;
            if (asked.expects() && head.status() == 100) {
                client.send(request.substring(first));
            }
        }
        if (asked.end() == End.LEFT) {
            client.leave();
        }
        return new Exchanged(requests(asked), answers);
    }

    /** Makes the exchange over a connection of HTTP/2. */
    Exchanged run(Case asked, Http2Client client, String base) throws Exception {
        begin(asked);
        int atMost = asked.end() == End.LEFT ? Case.EVENT.length() : Integer.MAX_VALUE;
        List<Seen> answers = new ArrayList<>();
        for (Http2Message message : Http2Message.parse(asked.requestAt(base))) {
            answers.addAll(client.exchange(message, asked.expects(), atMost));
        }
        return new Exchanged(requests(asked), answers);
    }

    /** From now on the service answers as this case says. */
    void begin(Case asked) {
        current = asked;
        arrived.clear();
    }

    private List<Seen> requests(Case asked) throws InterruptedException {
        List<Seen> requests = new ArrayList<>();
        for (int i = 0; i < asked.count(); i++) {
            Seen seen = arrived.poll(10, TimeUnit.SECONDS);
            assertNotNull(seen, "the local service saw " + i + " requests");
            requests.add(seen);
        }
        assertEquals(List.of(), List.copyOf(arrived), "requests that nobody made");
        return requests;
    }

    private static Seen answer(Case asked, Wire client, Wire.Head head) throws IOException {
        int status = head.status();
        if (status == 101) {
            client.send(RAW).socket().shutdownOutput();
            return Seen.of(head, rest(client, head), List.of());
        }
        if (asked.isHead() || status < 200 || status == 204 || status == 304) {
            return Seen.of(head, "", List.of()).withFraming("none");
        }
        if (asked.end() == End.LEFT) {
            byte[] begin = client.body(head, true).readNBytes(Case.EVENT.length());
            return Seen.of(head, new String(begin, StandardCharsets.ISO_8859_1), List.of());
        }
        return Seen.read(client, head, true);
    }

    /** Sends a case's request, and expects an error of the tunnel's own. */
    void fails(Case asked, Wire client, String base) throws IOException {
        begin(asked);
        client.send(asked.requestAt(base));
        Wire.Head answer = client.readAnswer();
        assertEquals(asked.jsonError(), answer.status() + " " + answer.first("Cloudtunnel-Error"));
        assertFalse(client.text(answer).isEmpty(), "it says why");
    }

    /** The same in HTTP/2. */
    void fails(Case asked, Http2Client client, String base) throws IOException {
        begin(asked);
        Http2Message message = Http2Message.parse(asked.requestAt(base)).getFirst();
        Seen answer = client.exchange(message, false, Integer.MAX_VALUE).getLast();
        String code = String.join(",", answer.values("Cloudtunnel-Error"));
        assertEquals(asked.http2().error(), answer.status() + " " + code);
        assertFalse(answer.body().isEmpty(), "it says why");
    }

    /** Whether a whole request has come to the service since the case began. */
    boolean hasArrived() {
        return !arrived.isEmpty();
    }
}
