package io.cloudtunnel.protocol.ws;

/**
 * Memory for messages that are longer than what each reader may hold anyway. Safe for use by
 * several threads.
 */
public interface MessageRoom {

    /** Room without end, for peers that are trusted. */
    MessageRoom ENDLESS =
            new MessageRoom() {
                @Override
                public boolean tryReserve(long bytes) {
                    return true;
                }

                @Override
                public void release(long bytes) {
                    // Nobody counts.
                }
            };

    /** Takes so many bytes, or none of them and returns false; does not block. */
    boolean tryReserve(long bytes);

    /** Gives back what was reserved. */
    void release(long bytes);
}
