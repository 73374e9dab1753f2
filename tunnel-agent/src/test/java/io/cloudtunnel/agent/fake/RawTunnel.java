package io.cloudtunnel.agent.fake;

import io.cloudtunnel.protocol.ws.Role;
import io.cloudtunnel.protocol.ws.WsEvent;
import io.cloudtunnel.protocol.ws.WsHandshake;
import io.cloudtunnel.protocol.ws.WsReader;
import io.cloudtunnel.protocol.ws.WsWriter;
import java.io.IOException;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** A tunnel server of which a test scripts the answers, byte for byte. */
public final class RawTunnel implements AutoCloseable {

    /** What is answered to a request; the first attempt has the number 1. */
    public interface Answer {
        /** Answers, and perhaps goes on. */
        void run(int attempt, Request request) throws Exception;
    }

    private final ScriptedPeer peer;
    private final Answer register;
    private final Answer webSocket;
    private final AtomicInteger registrations = new AtomicInteger();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile @Nullable String speaks; // a field of the answer to a GET of /register
    private volatile int unspeaking = 405;
    private final AtomicInteger dials = new AtomicInteger();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    /** A server with these answers. */
    public RawTunnel(Answer register, Answer webSocket) throws IOException {
        this(ServerSocketFactory.getDefault(), register, webSocket);
    }

    /** The same over other sockets. */
    public RawTunnel(ServerSocketFactory factory, Answer register, Answer webSocket)
            throws IOException {
        this.register = register;
        this.webSocket = webSocket;
        this.peer = new ScriptedPeer(factory, this::serve);
    }

    /** Serves a connection that somebody else accepted. */
    public void serve(ScriptedPeer.Connection connection) throws Exception {
        String head = connection.head();
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        String body = length.find() ? connection.bytes(Integer.parseInt(length.group(1))) : "";
        Request request = new Request(connection, head, body);
        requests.add(request);
        if (head.startsWith("GET /register ")) {
            questions.incrementAndGet();
            request.answer(
                    unspeaking, "no", speaks == null ? new String[0] : new String[] {speaks});
        } else if (head.startsWith("POST ")) {
            register.run(registrations.incrementAndGet(), request);
        } else {
            webSocket.run(dials.incrementAndGet(), request);
        }
    }

    /** One that registers with this id, as the published protocol says. */
    public static Answer registers(String id, String... fields) {
        return (attempt, request) -> {
            String json =
                    "{\"id\":\"%s\",\"secret\":\"secret-%s\",\"public_url\":\"http://public/%s\"}"
                            .formatted(id, id, id);
            request.answer(200, json, fields);
        };
    }

    /** From now on it answers a GET of /register with this status. */
    public void answersQuestionsWith(int status) {
        unspeaking = status;
    }

    /** From now on it answers a GET of /register with this field, too. */
    public void speaks(String field) {
        speaks = field;
    }

    /** How often it was asked what it speaks. */
    public int questions() {
        return questions.get();
    }

    /** The port. */
    public int port() {
        return peer.port();
    }

    /** Registrations so far. */
    public int registrations() {
        return registrations.get();
    }

    /** Opening handshakes so far. */
    public int dials() {
        return dials.get();
    }

    /** All requests so far. */
    public Queue<Request> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }

    /**
     * A request.
     *
     * @param connection on which it came
     * @param head all of it
     * @param body all of it
     */
    public record Request(ScriptedPeer.Connection connection, String head, String body) {

        /** The request line. */
        public String line() {
            return head.substring(0, head.indexOf('\r'));
        }

        /** Whether there is a field of this name. */
        public boolean has(String name) {
            return head.toLowerCase(Locale.ROOT).contains("\n" + name.toLowerCase(Locale.ROOT));
        }

        /** Answers with a status, fields of the form {@code Name: value}, and a body. */
        public void answer(int status, String text, String... fields) throws IOException {
            StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
            for (String field : fields) {
                answer.append(field).append("\r\n");
            }
            answer.append("Content-Length: ").append(text.length());
            answer.append("\r\nConnection: close\r\n\r\n").append(text);
            connection.write(answer.toString());
        }

        /** Opens the WebSocket; what comes behind the 101 leaves in the same write. */
        public void upgrade(String behind, String... fields) throws IOException {
            Matcher key = Pattern.compile("(?i)sec-websocket-key: (\\S+)").matcher(head);
            if (!key.find()) {
                throw new IOException("no key");
            }
            StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
            for (String field : fields) {
                answer.append(field).append("\r\n");
            }
            answer.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ");
            answer.append(WsHandshake.acceptKey(key.group(1))).append("\r\n\r\n").append(behind);
            connection.write(answer.toString());
        }

        /** Writes frames. */
        public WsWriter writer() throws IOException {
            return new WsWriter(connection.socket().getOutputStream(), Role.SERVER);
        }

        /** Reads frames, of which none is looked at, until the agent closes the link. */
        public void awaitClose() throws IOException {
            WsReader reader = reader();
            boolean open = true;
            while (open) {
                open = !(reader.next() instanceof WsEvent.Close);
            }
        }

        /** Reads frames. */
        public WsReader reader() throws IOException {
            return new WsReader(connection.socket().getInputStream(), Role.SERVER, 1 << 20);
        }
    }
}
