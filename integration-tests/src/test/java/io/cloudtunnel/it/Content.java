package io.cloudtunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bodies of any size that nobody has to hold: a random block over and over, known by its hash. */
public final class Content {

    /** Not a power of two, so that pieces of the usual sizes differ. */
    private static final byte[] BLOCK = new byte[99_991];

    static {
        new Random(42).nextBytes(BLOCK);
    }

    /** Takes a body piece by piece. */
    public interface Sink {
        /** Takes the next bytes. */
        void write(byte[] bytes, int length) throws IOException;
    }

    /** What arrived. */
    public record Seen(long length, String hash) {}

    private Content() {}

    /** What has to arrive of a body of this length. */
    public static Seen of(long length) {
        MessageDigest digest = sha256();
        try {
            write(length, (bytes, count) -> digest.update(bytes, 0, count));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return new Seen(length, HexFormat.of().formatHex(digest.digest()));
    }

    /** Writes a body of this length. */
    public static void write(long length, Sink sink) throws IOException {
        long left = length;
        while (left > 0) {
            int count = (int) Math.min(left, BLOCK.length);
            sink.write(BLOCK, count);
            left -= count;
        }
    }

    /** Reads to the end. */
    public static Seen read(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[64 * 1024];
        long length = 0;
        int count = in.read(piece);
        while (count >= 0) {
            digest.update(piece, 0, count);
            length += count;
            count = in.read(piece);
        }
        return new Seen(length, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
