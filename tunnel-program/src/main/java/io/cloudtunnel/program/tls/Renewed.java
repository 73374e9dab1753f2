package io.cloudtunnel.program.tls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What files hold, read again once they have changed. They are looked at when it is asked for, once
 * a second at most. Safe for use by several threads, of which one looks while others go on with
 * what there is.
 */
public final class Renewed<T> {

    /** Reads the files. */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * What they hold now.
         *
         * @throws IOException if it cannot be used; the message says why
         */
        T read() throws IOException;
    }

    /** What tells that a file is another one, whether it was written or replaced. */
    private record Stamp(@Nullable FileTime modified, long bytes, @Nullable Object inode) {
        static Stamp of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
            } catch (IOException e) {
                return new Stamp(null, -1, null); // away, perhaps while it is replaced
            }
        }
    }

    private static final Logger LOGGER = System.getLogger(Renewed.class.getName());
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Path> files;
    private final Reader<T> reader;
    private final ReentrantLock looking = new ReentrantLock(); // guards the stamps, over reads
    private List<Stamp> stamps;
    private List<Stamp> refused = List.of();
    private volatile T current;
    private volatile long lookedNanos = System.nanoTime();

    private Renewed(List<Path> files, Reader<T> reader) throws IOException {
        this.files = List.copyOf(files);
        this.reader = reader;
        this.stamps = stamps();
        this.current = reader.read();
    }

    /**
     * Reads files for the first time.
     *
     * @param files are looked at
     * @throws IOException if what they hold cannot be used
     */
    public static <T> Renewed<T> of(List<Path> files, Reader<T> reader) throws IOException {
        return new Renewed<>(files, reader);
    }

    /** What they hold; while it cannot be used, what they held before. */
    public T current() {
        if (System.nanoTime() - lookedNanos >= LOOK_NANOS && looking.tryLock()) {
            try {
                look();
            } finally {
                looking.unlock();
            }
        }
        return current;
    }

    /** What is done once a second; also for tests, one thread at a time. */
    void look() {
        lookedNanos = System.nanoTime();
        List<Stamp> now = stamps(); // before reading: what is written meanwhile is seen next time
        if (now.equals(stamps)) {
            return;
        }
        try {
            current = reader.read();
            stamps = now;
            LOGGER.log(Level.INFO, "changed, and read again: {0}", files);
        } catch (IOException e) {
            if (!now.equals(refused)) { // it may be half written, or two files of four
                LOGGER.log(
                        Level.WARNING,
                        "changed, and what was there before still counts: {0}",
                        e.getMessage());
            }
            refused = now;
        }
    }

    private List<Stamp> stamps() {
        List<Stamp> all = new ArrayList<>();
        files.forEach(file -> all.add(Stamp.of(file)));
        return all;
    }
}
