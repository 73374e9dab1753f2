package io.cloudtunnel.server.agents;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.PlainSocket;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** A link's connection holds nothing of Helidon's that it does not use. */
class HelidonReadBufferTest {

    @Test
    void aConnectionIsReadWithoutIt() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket peer = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept()) {
            PlainSocket socket = PlainSocket.server(accepted, "a", "b");
            DataReader reader = new DataReader(socket);
            peer.getOutputStream().write(new byte[] {1, 2, 3});
            reader.ensureAvailable();
            InputStream in = ContextStreams.input(reader, socket);
            assertEquals(1, in.read());
            assertArrayEquals(new byte[] {2, 3}, in.readNBytes(2)); // Helidon had taken them
            peer.getOutputStream().write(new byte[] {4, 5});
            assertArrayEquals(new byte[] {4, 5}, in.readNBytes(2));
            peer.shutdownOutput();
            assertEquals(-1, in.read());
        }
    }

    @Test
    void itsBytesAreLetGo() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket peer = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept()) {
            PlainSocket socket = PlainSocket.server(accepted, "a", "b");
            var buffer = PlainSocket.class.getDeclaredField("readBuffer");
            assertTrue(buffer.trySetAccessible());
            assertEquals(8192, ((byte[]) buffer.get(socket)).length);
            assertTrue(HelidonReadBuffer.release(socket));
            assertEquals(0, ((byte[]) buffer.get(socket)).length);
            peer.getOutputStream().write(7);
            BufferData read = BufferData.create(10);
            assertEquals(1, socket.read(read));
        }
    }
}
