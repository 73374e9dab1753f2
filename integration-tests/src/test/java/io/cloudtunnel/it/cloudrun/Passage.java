package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request through the front end, from its head to the end of its answer or of its time: then
 * both connections are reset. One thread runs it; the request's body has one of its own.
 */
final class Passage {

    /** Of a request's body, and of an answer's that is not chunked. */
    static final long LARGEST = 32L << 20;

    private static final int PIECE = 64 * 1024;
    private static final Set<String> OF_A_HOP =
            Set.of("connection", "keep-alive", "proxy-connection", "x-forwarded-proto");

    private final FrontEnd frontEnd;
    private final Wire client;
    private final Wire.Head request;
    private volatile boolean tooLarge;

    Passage(FrontEnd frontEnd, Wire client, Wire.Head request) {
        this.frontEnd = frontEnd;
        this.client = client;
        this.request = request;
    }

    /** Returns whether the client's connection can be used for another request. */
    boolean run() throws IOException, InterruptedException {
        if (length(request) > LARGEST) {
            return refuse("413 Request Entity Too Large");
        }
        FrontEnd.Connection connection = frontEnd.connect();
        if (connection == null) {
            return refuse("503 Service Unavailable");
        }
        try (Wire process = new Wire(connection.socket())) {
            connection.socket().setSoTimeout(0);
            frontEnd.ledger().passed(request, connection.to());
            ScheduledFuture<?> cut = cutAfterLimit(process);
            try {
                return exchange(process);
            } finally {
                cut.cancel(false);
            }
        } finally {
            frontEnd.ledger().ended(request); // well or not
            connection.to().ended();
        }
    }

    private ScheduledFuture<?> cutAfterLimit(Wire process) {
        return frontEnd.timer()
                .schedule(
                        () -> {
                            reset(client); // first: nothing is answered any more
                            reset(process);
                        },
                        frontEnd.limit().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private static void reset(Wire wire) {
        try {
            wire.reset();
        } catch (IOException e) {
            // It was closed before.
        }
    }

    private static long length(Wire.Head head) {
        String length = head.first("Content-Length");
        return length.isEmpty() ? 0 : Long.parseLong(length);
    }

    /** An answer of the front end's own; the client may still be sending. */
    private boolean refuse(String status) throws IOException {
        client.head("HTTP/1.1 " + status, "Connection: close", "Content-Length: 0");
        client.socket().shutdownOutput();
        client.socket().setSoTimeout(2000);
        client.socket().getInputStream().skip(LARGEST);
        return false;
    }

    private boolean exchange(Wire process) throws IOException, InterruptedException {
        boolean upgrade = !request.first("Upgrade").isEmpty();
        process.head(forwarded(upgrade));
        Thread sending = request.framing().equals("none") ? null : inBackground(process);
        Wire.Head answer = finalHead(process);
        if (answer == null) {
            return refuse(tooLarge ? "413 Request Entity Too Large" : "503 Service Unavailable");
        }
        if (answer.status() == 101) {
            client.head(lines(answer));
            new Pipes(client, process).run();
            return false;
        }
        boolean whole = answer(process, answer);
        if (sending != null) {
            sending.join(); // cut after the limit
        }
        return whole;
    }

    private String[] forwarded(boolean upgrade) {
        List<String> lines = new ArrayList<>(List.of(request.start()));
        List<String> before = request.all("X-Forwarded-For");
        for (String line : request.lines()) {
            String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
            if (!OF_A_HOP.contains(name) && !name.equals("x-forwarded-for")) {
                lines.add(line);
            }
        }
        String peer = client.socket().getInetAddress().getHostAddress();
        String others = before.isEmpty() ? "" : String.join(", ", before) + ", ";
        lines.add("X-Forwarded-For: " + others + peer);
        lines.add("X-Forwarded-Proto: http");
        lines.add("Connection: " + (upgrade ? "Upgrade" : "close"));
        return lines.toArray(String[]::new);
    }

    /** Passes interim answers on; null if the process gave none that is final. */
    private Wire.Head finalHead(Wire process) throws IOException {
        try {
            Wire.Head answer = process.readHead();
            while (answer != null && answer.status() < 200 && answer.status() != 101) {
                client.head(lines(answer));
                answer = process.readHead();
            }
            return answer;
        } catch (IOException e) {
            return null;
        }
    }

    private static String[] lines(Wire.Head head) {
        List<String> lines = new ArrayList<>(List.of(head.start()));
        lines.addAll(head.lines());
        return lines.toArray(String[]::new);
    }

    // ---- The request's body.

    private Thread inBackground(Wire process) {
        return Thread.ofVirtual().name("front-end-body").start(() -> sendBody(process));
    }

    private void sendBody(Wire process) {
        try (InputStream body = client.body(request, false)) {
            boolean chunked = request.framing().equals("chunked");
            long total = 0;
            byte[] piece = new byte[PIECE];
            int count = body.read(piece);
            while (count >= 0) {
                total += count;
                if (total > LARGEST) {
                    tooLarge = true;
                    process.reset();
                    return;
                }
                write(process, chunked, piece, count);
                count = body.read(piece);
            }
            if (chunked) {
                process.lastChunk();
            }
        } catch (IOException e) {
            reset(process); // the client has gone, or the process does not want it
        }
    }

    private static void write(Wire to, boolean chunked, byte[] piece, int count)
            throws IOException {
        if (chunked) {
            to.chunk(piece, count);
        } else {
            to.socket().getOutputStream().write(piece, 0, count);
        }
    }

    // ---- The answer.

    private boolean answer(Wire process, Wire.Head answer) throws IOException {
        boolean bodiless =
                request.start().startsWith("HEAD ")
                        || answer.status() == 204
                        || answer.status() == 304;
        if (!bodiless && length(answer) > LARGEST) {
            process.reset();
            return refuse("500 Internal Server Error");
        }
        String framing = answer.framing();
        client.head(withoutConnection(answer, !bodiless && framing.equals("none")));
        if (!bodiless) {
            try {
                copy(process.body(answer, true), framing.equals("chunked"));
            } catch (IOException e) {
                client.reset(); // so that it does not look complete
                return false;
            }
        }
        return bodiless || !framing.equals("none");
    }

    private static String[] withoutConnection(Wire.Head answer, boolean last) {
        List<String> lines = new ArrayList<>(List.of(answer.start()));
        for (String line : answer.lines()) {
            if (!line.toLowerCase(Locale.ROOT).startsWith("connection:")) {
                lines.add(line);
            }
        }
        if (last) {
            lines.add("Connection: close");
        }
        return lines.toArray(String[]::new);
    }

    private void copy(InputStream body, boolean chunked) throws IOException {
        byte[] piece = new byte[PIECE];
        int count = body.read(piece);
        while (count >= 0) {
            write(client, chunked, piece, count);
            count = body.read(piece);
        }
        if (chunked) {
            client.lastChunk();
        }
    }
}
