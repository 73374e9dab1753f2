package io.cloudtunnel.server.agents;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * The 8 KiB that Helidon holds in each connection, to read into. A link reads past them from its
 * handshake to its end, and idle links are many: they are half of what one holds. Helidon has no
 * way to let go of them, so the field is emptied where the JVM lets us (on the class path, as our
 * own program is); elsewhere the link only holds more. docs/decisions/idle-links.md has the
 * figures. Safe for use by several threads.
 */
final class HelidonReadBuffer {

    private static final Logger LOGGER = System.getLogger(HelidonReadBuffer.class.getName());
    private static final byte[] NONE = new byte[0];
    private static final @Nullable Field BUFFER = field();

    private HelidonReadBuffer() {}

    private static @Nullable Field field() {
        try {
            Field field = PlainSocket.class.getDeclaredField("readBuffer");
            if (field.getType() == byte[].class && field.trySetAccessible()) {
                return field;
            }
        } catch (NoSuchFieldException e) {
            LOGGER.log(Level.TRACE, "another Helidon", e);
        }
        LOGGER.log(Level.DEBUG, "idle links hold Helidon's read buffers");
        return null;
    }

    /**
     * Lets go of it. From now on the socket is read by {@link HelidonSocket#read} alone.
     *
     * @return whether it could
     */
    static boolean release(HelidonSocket socket) {
        Field field = BUFFER;
        if (field == null || !(socket instanceof PlainSocket)) {
            return false;
        }
        try {
            field.set(socket, NONE);
            return true;
        } catch (IllegalAccessException e) {
            LOGGER.log(Level.TRACE, "this JVM does not let it go", e);
            return false;
        }
    }
}
