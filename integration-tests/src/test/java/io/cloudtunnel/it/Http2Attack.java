package io.cloudtunnel.it;

import io.cloudtunnel.server.wire.Http2Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a hostile client of HTTP/2 does on a connection of its own. */
enum Http2Attack {
    /** Requests that are cancelled at once: each costs the server more than the client. */
    RAPID_RESETS(true) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            for (int id = 1; id < 20_000; id += 2) {
                client.request(id, "GET", path + "wait", true);
                client.reset(id);
            }
        }
    },
    EMPTY_CONTINUATIONS(true) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            client.frame(HEADERS, END_STREAM, 1, new byte[] {(byte) 0x82});
            flood(client, frame(CONTINUATION, 0, 1), 2_000_000);
        }
    },
    LARGE_CONTINUATIONS(true) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            client.frame(HEADERS, END_STREAM, 1, new byte[] {(byte) 0x82});
            flood(client, frame(CONTINUATION, 0, 1, literals(16_000)), 10_000);
        }
    },
    /** A field of 4 KB, named again and again by a byte. */
    REPEATED_FIELD(true) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            ByteArrayOutputStream head = head(path);
            head.writeBytes(new byte[] {0x40, 6});
            head.writeBytes("cookie".getBytes(StandardCharsets.US_ASCII));
            head.writeBytes(new byte[] {0x7f, (byte) 0x81, 0x1e}); // 4000
            head.writeBytes("x".repeat(4000).getBytes(StandardCharsets.US_ASCII));
            client.frame(HEADERS, END_STREAM, 1, head.toByteArray());
            byte[] again = new byte[16_000];
            Arrays.fill(again, (byte) 0xbe);
            client.frame(CONTINUATION, 0, 1, again);
            client.frame(CONTINUATION, 0, 1, again);
            client.frame(CONTINUATION, END_HEADERS, 1, again);
        }
    },
    /** As many heads as the connection may have, each with as many fields as fit. */
    MANY_FIELDS(true) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            for (int id = 1; id < 2000; id += 2) {
                ByteArrayOutputStream head = head(path + "wait");
                head.writeBytes(literals(14_000));
                client.frame(HEADERS, END_STREAM | END_HEADERS, id, head.toByteArray());
            }
        }
    },
    /** A window that opens beyond what there may be: the server says GOAWAY. */
    WINDOW_OVERFLOW(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            byte[] most = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
            client.frame(WINDOW_UPDATE, 0, 0, most);
            client.frame(WINDOW_UPDATE, 0, 0, most);
        }
    },
    /** Large responses, of which nothing is taken. */
    NO_WINDOW(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            client.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            for (int id = 1; id < 200; id += 2) {
                client.request(id, "GET", path + "large", true);
            }
        }
    },
    /** The window of all open streams changes with each frame. */
    SETTINGS_FLOOD(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            for (int id = 1; id < 200; id += 2) {
                client.request(id, "GET", path + "wait", true);
            }
            flood(
                    client,
                    frame(
                            SETTINGS, 0, 0, (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 9,
                            (byte) 9),
                    500_000);
        }
    },
    PING_FLOOD(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            flood(client, frame(PING, 0, 0, new byte[8]), 1_000_000);
        }
    },
    PRIORITY_FLOOD(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            for (int id = 1; id < 200_000; id += 2) {
                client.frame(PRIORITY, 0, id, new byte[] {0, 0, 0, 0, 16});
            }
        }
    },
    EMPTY_DATA(false) {
        @Override
        void run(Http2Wire client, String path) throws IOException {
            client.request(1, "POST", path + "wait", false);
            flood(client, frame(DATA, 0, 1), 1_000_000);
        }
    };

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final boolean ends;

    Http2Attack(boolean ends) {
        this.ends = ends;
    }

    /** Whether the server ends the connection, rather than bear it. */
    boolean ends() {
        return ends;
    }

    /** Does it, until it is done or the server has had enough. */
    abstract void run(Http2Wire client, String path) throws IOException;

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static void flood(Http2Wire client, byte[] frame, int times) throws IOException {
        int together = Math.max(1, 64_000 / frame.length);
        byte[] many = new byte[together * frame.length];
        for (int i = 0; i < together; i++) {
            System.arraycopy(frame, 0, many, i * frame.length, frame.length);
        }
        for (int i = 0; i < times; i += together) {
            client.raw(many);
        }
    }

    /** GET of a path, as {@code Http2Wire} writes it. */
    private static ByteArrayOutputStream head(String path) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 4, (byte) path.length()});
        head.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        head.writeBytes(new byte[] {1, 1, 'h'});
        return head;
    }

    /** Fields of the shortest form: a name of one letter, and no value. */
    private static byte[] literals(int bytes) {
        byte[] all = new byte[bytes / 4 * 4];
        for (int i = 0; i < all.length; i += 4) {
            all[i + 1] = 1;
            all[i + 2] = 'a';
        }
        return all;
    }
}
