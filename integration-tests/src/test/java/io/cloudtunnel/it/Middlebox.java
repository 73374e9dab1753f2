package io.cloudtunnel.it;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between an agent and the server as whoever ends TLS there does: it sees all, and changes
 * what its script says, heads and WebSocket messages alike.
 */
final class Middlebox implements AutoCloseable {

    /** What it does; unless said otherwise it passes things on. */
    interface Script {
        /** What the server gets in place of this head. */
        default String request(String head) {
            return head;
        }

        /** What the agent gets without the server being asked; empty for asking it. */
        default String instead(String head) {
            return "";
        }

        /** What the agent gets in place of this head of an answer. */
        default String answer(String head) {
            return head;
        }

        /** Changes a message's payload in place; its mask does not matter to who flips bits. */
        default void message(boolean toServer, byte[] payload) {}
    }

    private static final int DATA_OPCODES_END = 0x8;

    private final ServerSocket listener;
    private final int server;
    private final Script script;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream(); // guarded by itself

    Middlebox(int server, Script script) throws IOException {
        this.server = server;
        this.script = script;
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The agent's heads so far that begin like this. */
    List<String> heads(String beginning) {
        return heads.stream().filter(head -> head.startsWith(beginning)).toList();
    }

    /** Whether this text passed in either direction. */
    boolean saw(String text) {
        synchronized (seen) {
            return seen.toString(StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> connect(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void connect(Socket agent) {
        try (agent) {
            String head = head(agent.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            heads.add(head);
            String instead = script.instead(head);
            if (!instead.isEmpty()) {
                agent.getOutputStream().write(instead.getBytes(StandardCharsets.ISO_8859_1));
                return;
            }
            try (Socket called = new Socket(InetAddress.getLoopbackAddress(), server)) {
                open.add(called);
                pass(agent, called, head);
            }
        } catch (IOException e) {
            // One side has gone, so the other one is closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(Socket agent, Socket called, String head)
            throws IOException, InterruptedException {
        OutputStream toServer = called.getOutputStream();
        toServer.write(script.request(head).getBytes(StandardCharsets.ISO_8859_1));
        if (!head.startsWith("GET /ws")) {
            Thread body = Thread.ofVirtual().start(() -> copy(agent, called));
            copy(called, agent);
            agent.close();
            body.join();
            return;
        }
        String answer = head(called.getInputStream());
        agent.getOutputStream().write(script.answer(answer).getBytes(StandardCharsets.ISO_8859_1));
        Thread there = Thread.ofVirtual().start(() -> frames(agent, called, true));
        frames(called, agent, false);
        there.join();
    }

    private String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        keep(head.toByteArray());
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private void keep(byte[] bytes) {
        synchronized (seen) {
            seen.writeBytes(bytes);
        }
    }

    private void copy(Socket from, Socket to) {
        try {
            byte[] bytes = new byte[8192];
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                keep(Arrays.copyOf(bytes, n));
                to.getOutputStream().write(bytes, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // It is over.
        }
    }

    /** Frame by frame (RFC 6455, section 5.2). */
    private void frames(Socket from, Socket to, boolean toServer) {
        try {
            DataInputStream in = new DataInputStream(from.getInputStream());
            while (true) {
                ByteArrayOutputStream frame = new ByteArrayOutputStream();
                int first = in.readUnsignedByte();
                int second = in.readUnsignedByte();
                frame.write(first);
                frame.write(second);
                int extended = (second & 0x7F) == 126 ? 2 : (second & 0x7F) == 127 ? 8 : 0;
                byte[] length = in.readNBytes(extended);
                frame.writeBytes(length);
                long size = extended == 0 ? second & 0x7F : 0;
                for (byte b : length) {
                    size = (size << 8) | (b & 0xFF);
                }
                frame.writeBytes(in.readNBytes((second & 0x80) == 0 ? 0 : 4));
                byte[] payload = in.readNBytes((int) size);
                keep(payload);
                if ((first & 0x0F) < DATA_OPCODES_END) {
                    script.message(toServer, payload);
                }
                frame.writeBytes(payload);
                to.getOutputStream().write(frame.toByteArray());
            }
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    /** Ends all connections. */
    void cut() {
        open.forEach(Middlebox::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(Middlebox::close);
    }
}
