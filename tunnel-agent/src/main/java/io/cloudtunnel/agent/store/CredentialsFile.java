package io.cloudtunnel.agent.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudtunnel.program.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A JSON file for its owner's eyes only, which is replaced as a whole. Whoever changes it holds the
 * lock of a file beside it, since the file itself is another one after each change.
 */
final class CredentialsFile {

    private static final long LARGEST_BYTES = 1024 * 1024;

    /** For the lock, which another process may hold. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A file's lock belongs to the process; this one is between its threads. */
    private static final ReentrantLock PROCESS = new ReentrantLock();

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path file;
    private final Duration patience;

    CredentialsFile(Path file) {
        this(file, PATIENCE);
    }

    CredentialsFile(Path file, Duration patience) {
        this.file = file.toAbsolutePath();
        this.patience = patience;
    }

    /** Changes what the file holds; returns whether it did. */
    interface Change {
        boolean apply(ObjectNode root);
    }

    Path path() {
        return file;
    }

    /** What the file holds; an empty object where there is no file. */
    ObjectNode read() throws IOException {
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                throw new IOException(file + " is too large for a file of credentials");
            }
            return parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return MAPPER.createObjectNode();
        } catch (JsonProcessingException e) {
            // Without the cause, which may quote a secret.
            throw damaged();
        }
    }

    private ObjectNode parse(byte[] json) throws IOException {
        JsonNode root = MAPPER.readTree(json);
        boolean good =
                root instanceof ObjectNode
                        && (root.path(Entries.LIST).isMissingNode()
                                || root.path(Entries.LIST).isArray());
        if (!good) {
            throw damaged();
        }
        return (ObjectNode) root;
    }

    private IOException damaged() {
        return new IOException(
                file
                        + " is damaged: it is no JSON file of credentials. Mend it, or move it away"
                        + " to register anew (which gives another public URL)");
    }

    /**
     * Makes a change, also for a thread that is interrupted, as that of an agent that stops: else
     * what was just registered would be lost. So it is another one that does it, since an interrupt
     * closes a channel.
     */
    void change(Change change) throws IOException {
        FutureTask<Void> work =
                new FutureTask<>(() -> {
                    changeNow(change);
                    return null;
                });
        Thread.ofPlatform().daemon().name("tunnel-credentials").start(work);
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        boolean done = false;
        try {
            while (!done) {
                try {
                    work.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    done = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            work.cancel(true);
            throw new IOException(
                    lockFile()
                            + " has been locked by another process for "
                            + patience.toSeconds()
                            + " s; end that one, or name another file of credentials",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Path lockFile() {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    private void changeNow(Change change) throws IOException {
        PROCESS.lock();
        try {
            Path directory = file.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(directory, OwnerOnly.directory(directory));
            }
            try (FileChannel channel = open(lockFile(), StandardOpenOption.CREATE);
                    FileLock lock = channel.lock()) {
                ObjectNode root = read();
                if (lock.isValid() && change.apply(root)) {
                    replace(MAPPER.writeValueAsBytes(root));
                }
            }
        } finally {
            PROCESS.unlock();
        }
    }

    private void replace(byte[] json) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(fresh); // of one who was killed; we hold the lock
        try (FileChannel channel = open(fresh, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(json);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static FileChannel open(Path path, StandardOpenOption create) throws IOException {
        return FileChannel.open(
                path, Set.of(create, StandardOpenOption.WRITE), OwnerOnly.file(path));
    }
}
