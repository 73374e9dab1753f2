package io.cloudtunnel.agent.store;

import io.cloudtunnel.program.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * A token of our own in a file for its owner's eyes only, made by whoever is the first to need it.
 * Several agents may share it.
 */
public final class TokenFile {

    private static final int BYTES = 32;
    private static final int LARGEST = 4096;
    private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{64}");

    /** A file's lock belongs to the process; this one is between its threads. */
    private static final ReentrantLock PROCESS = new ReentrantLock();

    private TokenFile() {}

    /**
     * The token in the file, which is made where it is not there.
     *
     * @throws IOException if the file cannot be used, or others may read it; the message says so
     */
    public static String read(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
        }
        PROCESS.lock();
        try (FileChannel channel =
                        FileChannel.open(
                                file,
                                Set.of(
                                        StandardOpenOption.CREATE,
                                        StandardOpenOption.READ,
                                        StandardOpenOption.WRITE),
                                OwnerOnly.file(file));
                FileLock lock = channel.lock()) {
            if (!OwnerOnly.isAlone(file)) {
                throw new IOException(
                        file
                                + " can be read or changed by others, who would have the token;"
                                + " delete it, and another one is made");
            }
            ByteBuffer content = ByteBuffer.allocate(LARGEST);
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // to the end
            }
            String text = StandardCharsets.US_ASCII.decode(content.flip()).toString().strip();
            return TOKEN.matcher(text).matches() || !lock.isValid() ? text : fresh(channel);
        } finally {
            PROCESS.unlock();
        }
    }

    /** Also where somebody was killed while writing it. */
    private static String fresh(FileChannel channel) throws IOException {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        ByteBuffer line = StandardCharsets.US_ASCII.encode(token + "\n");
        channel.truncate(0).position(0);
        while (line.hasRemaining()) {
            channel.write(line);
        }
        channel.force(true);
        return token;
    }
}
