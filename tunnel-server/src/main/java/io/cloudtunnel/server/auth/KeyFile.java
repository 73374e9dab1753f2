package io.cloudtunnel.server.auth;

import io.cloudtunnel.program.OwnerOnly;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The key of a server that keeps it itself, in a file for its owner's eyes only, which is made by
 * the first start that finds none. No message has anything of it. Immutable, but for the file.
 */
public final class KeyFile {

    private static final String NAME = "key";
    private static final int BYTES = 32;
    private static final int LARGEST = 16 * 1024;
    private static final String ANOTHER =
            "then the next start makes another key, and all tunnels get new URLs";

    private final Path folder;
    private final Path file;

    /** The one in a folder; neither need be there yet. */
    public KeyFile(Path folder) {
        this.folder = folder.toAbsolutePath();
        this.file = this.folder.resolve(NAME);
    }

    /**
     * What is in the file, in the form that {@link TunnelKeys#parse} takes; made if there is none.
     * Of several that start at once all get the same.
     *
     * @throws IOException if it cannot be read or made, is no key, or others may read or change it;
     *     the message names the file and says what to do
     */
    public String readOrMake() throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                make();
            } catch (IOException | UnsupportedOperationException e) {
                throw failure("no key can be made in " + folder, e);
            }
        }
        return read();
    }

    /**
     * Does nothing where it can be used, or is not there yet.
     *
     * @throws IOException as {@link #readOrMake}
     */
    public void check() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            read();
        }
    }

    private String read() throws IOException {
        boolean alone;
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            alone = OwnerOnly.isAlone(file);
            bytes = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw failure("the key in " + file + " cannot be read", e);
        }
        if (!alone) {
            throw new IOException(
                    file
                            + " can be read or changed by others, who would have all tunnels: chmod"
                            + " 600 it, or give a folder that has rights (DATA_DIR); if somebody"
                            + " has read it, delete it: "
                            + ANOTHER);
        }
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        String problem = problem(text, bytes.length);
        if (problem != null) {
            throw new IOException(
                    file
                            + " has no usable key ("
                            + problem
                            + "): put back the one that was there, or delete the file: "
                            + ANOTHER);
        }
        return text;
    }

    private static @Nullable String problem(String text, int bytes) {
        if (text.isEmpty() || bytes > LARGEST) {
            return text.isEmpty() ? "it is empty" : "it is too long for one";
        }
        try {
            TunnelKeys ignored = TunnelKeys.parse(text);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private void make() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, OwnerOnly.directory(folder));
        }
        Path fresh = Files.createTempFile(folder, NAME, ".new", OwnerOnly.file(file));
        try {
            write(fresh);
            Files.createLink(file, fresh); // whole, and never in place of another's
            syncFolder();
            System.getLogger(KeyFile.class.getName())
                    .log(
                            Level.INFO,
                            "a key was made: {0}. Keep it: with another one all tunnels get new"
                                    + " URLs",
                            file);
        } catch (FileAlreadyExistsException e) {
            // Somebody else who starts has made one meanwhile, and that is the one.
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void write(Path fresh) throws IOException {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        ByteBuffer line = StandardCharsets.US_ASCII.encode(HexFormat.of().formatHex(key) + "\n");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
    }

    /** So that the name is on disk, too, before anybody gets a URL by this key. */
    private void syncFolder() throws IOException {
        if (File.separatorChar == '/') { // elsewhere folders cannot be opened
            try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }

    private static IOException failure(String what, Exception e) {
        return new IOException(
                what
                        + ": "
                        + why(e)
                        + "; give another folder (DATA_DIR), or the key itself (TUNNEL_KEY)",
                e);
    }

    /** What the file system says is often a path only. */
    private static String why(Exception e) {
        return switch (e) {
            case AccessDeniedException denied -> "access is denied to " + denied.getFile();
            case FileAlreadyExistsException other -> other.getFile() + " is no folder";
            case NoSuchFileException gone -> gone.getFile() + " leads nowhere";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case UnsupportedOperationException none -> "its file system has no hard links";
            default -> String.valueOf(e.getMessage());
        };
    }
}
