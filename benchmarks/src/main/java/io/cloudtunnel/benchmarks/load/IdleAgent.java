package io.cloudtunnel.benchmarks.load;

import io.cloudtunnel.protocol.frame.Greeting;
import io.cloudtunnel.protocol.frame.Limits;
import io.cloudtunnel.protocol.session.ErrorCode;
import io.cloudtunnel.protocol.session.ExchangeException;
import io.cloudtunnel.protocol.session.MemoryBudget;
import io.cloudtunnel.protocol.session.SessionResponder;
import io.cloudtunnel.protocol.session.WsLink;
import io.cloudtunnel.protocol.ws.Role;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One link of an agent that serves nothing: the session of a real one, which dials again as a real
 * one does after a loss (a random time up to 2 s, what {@code Retry-After} asks for and up to half
 * more), but without its probes. Each runs on a virtual thread of its own.
 *
 * @param open counts the links that are open
 */
record IdleAgent(
        int port,
        String id,
        String secret,
        MemoryBudget budget,
        ScheduledExecutorService timer,
        AtomicInteger open)
        implements Runnable {

    private static final long JITTER_MILLIS = 2000;
    private static final int ADDRESSES = 8;

    @Override
    public void run() {
        try {
            while (true) {
                long waitMillis = ThreadLocalRandom.current().nextLong(JITTER_MILLIS);
                try {
                    waitMillis = Math.max(waitMillis, link());
                } catch (IOException e) {
                    // As after any loss.
                }
                TimeUnit.MILLISECONDS.sleep(waitMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One link to its end; how long to wait at least, in milliseconds. */
    private long link() throws IOException {
        // By several addresses: one has too few ports for all of them and those that ended before.
        byte[] address = {127, 0, 0, (byte) (1 + Math.floorMod(id.hashCode(), ADDRESSES))};
        try (Socket socket = new Socket(InetAddress.getByAddress(address), port)) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(handshake().getBytes(StandardCharsets.US_ASCII));
            String answer = head(socket.getInputStream());
            if (!answer.startsWith("HTTP/1.1 101 ")) {
                return retryAfterMillis(answer);
            }
            open.incrementAndGet();
            try {
                serve(socket);
            } finally {
                open.decrementAndGet();
            }
        }
        return 0;
    }

    private String handshake() {
        return "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Protocol: cloudtunnel.v1\r\nX-Tunnel-Id: "
                + id
                + "\r\nAuthorization: Bearer "
                + secret
                + "\r\n\r\n";
    }

    private static long retryAfterMillis(String answer) {
        for (String line : answer.lines().toList()) {
            if (line.startsWith("Retry-After: ")) {
                long millis = 1000 * Long.parseLong(line.substring(13).strip());
                return millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
            }
        }
        return 0;
    }

    /** Byte by byte, since frames may follow at once. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("in the middle of " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void serve(Socket socket) throws IOException {
        Limits limits = Limits.DEFAULT;
        WsLink link =
                new WsLink(
                        socket.getInputStream(),
                        socket.getOutputStream(),
                        Role.CLIENT,
                        limits.jsonMessageBytes(),
                        budget,
                        socket,
                        limits,
                        timer);
        new SessionResponder(
                        link,
                        (request, length) -> {
                            throw new ExchangeException(ErrorCode.LOCAL_UNREACHABLE, "idle");
                        },
                        Greeting.of("idle", limits).byAgent(id),
                        limits,
                        budget,
                        (millis, reason) -> {})
                .serve();
    }
}
