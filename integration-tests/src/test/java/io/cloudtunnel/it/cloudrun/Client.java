package io.cloudtunnel.it.cloudrun;

import io.cloudtunnel.it.Content;
import io.cloudtunnel.it.Wire;
import java.io.IOException;
import java.io.OutputStream;

/** A public client of the tunnel: one request of each kind. Safe for use by several threads. */
final class Client {

    static final long LARGE = 64L << 20;
    private static final long LARGE_MILLIS = 3000;
    private static final long UPLOAD = 1L << 20;
    private static final int SMALL_POST = 300; // in JSON form
    private static final int POST = 6000; // in frames

    /** Who is asked. */
    interface Route {
        /** The port to which the request of this number goes; -1 is the number of a probe. */
        int of(long number);
    }

    private final Route route;
    private final String prefix;
    private final long largeBytes;
    private final Content.Seen large;
    private final Content.Seen upload = Content.of(UPLOAD);
    private final Content.Seen smallPost = Content.of(SMALL_POST);
    private final Content.Seen post = Content.of(POST);

    /**
     * A client.
     *
     * @param prefix what the public URL has after its authority
     */
    Client(int port, String prefix) {
        this(number -> port, prefix, LARGE);
    }

    /**
     * A client that asks this one today and that one tomorrow.
     *
     * @param largeBytes what a download has, which takes 3 s at least
     */
    Client(Route route, String prefix, long largeBytes) {
        this.route = route;
        this.prefix = prefix;
        this.largeBytes = largeBytes;
        this.large = Content.of(largeBytes);
    }

    /** Makes a request; throws unless the answer is the right one. */
    void request(Kind kind, long number) throws IOException {
        switch (kind) {
            case SMALL -> small(number);
            case POST -> post(number, number % 2 == 0 ? post : smallPost);
            case UPLOAD -> post(number, upload);
            case DOWNLOAD -> download(number);
        }
    }

    private Wire.Head answer(Wire wire) throws IOException {
        Wire.Head answer = wire.readAnswer();
        if (answer.status() != 200) {
            throw new IOException(answer.start() + ' ' + answer.first("Cloudtunnel-Error"));
        }
        return answer;
    }

    private static void same(Object expected, Object seen) throws IOException {
        if (!expected.equals(seen)) {
            throw new IOException(Outcome.MANGLED + seen + " instead of " + expected);
        }
    }

    private Wire head(String method, String path, long number, String... more) throws IOException {
        Wire wire = Wire.to(route.of(number));
        String fields = String.join("", more);
        return wire.send(
                "%s %s%s HTTP/1.1\r\nHost: localhost\r\n%s: %d\r\n%s\r\n"
                        .formatted(method, prefix, path, Ledger.FIELD, number, fields));
    }

    private void small(long number) throws IOException {
        try (Wire wire = head("GET", "/small", number)) {
            same("small", wire.text(answer(wire)));
        }
    }

    private void post(long number, Content.Seen body) throws IOException {
        try (Wire wire =
                head("POST", "/take", number, "Content-Length: " + body.length() + "\r\n")) {
            OutputStream out = wire.socket().getOutputStream();
            try {
                Content.write(body.length(), (bytes, count) -> out.write(bytes, 0, count));
            } catch (IOException e) {
                // It was answered before its end, and the answer says why.
            }
            same(body.length() + " " + body.hash(), wire.text(answer(wire)));
        }
    }

    private void download(long number) throws IOException {
        try (Wire wire = head("GET", "/slow/" + largeBytes + "/" + LARGE_MILLIS, number)) {
            same(large, Content.read(wire.body(answer(wire), true)));
        }
    }

    /** The answer to an agent's question which process serves, and how many links that has. */
    Wire.Head probe(String id, String secret) throws IOException {
        try (Wire wire = Wire.to(route.of(-1))) {
            wire.head(
                    "GET " + prefix + "/ HTTP/1.1",
                    "Host: localhost",
                    "Cloudtunnel-Probe: 1",
                    "X-Tunnel-Id: " + id,
                    "Authorization: Bearer " + secret);
            return wire.readAnswer();
        }
    }
}
