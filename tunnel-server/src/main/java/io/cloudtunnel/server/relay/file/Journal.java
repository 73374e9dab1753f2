package io.cloudtunnel.server.relay.file;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A file of records, each on disk before its writer goes on; one process at a time has it. A line
 * is a checksum and a record. What a crash has cut is the last line, which nobody was told of, and
 * is left out. Not safe for use by several threads.
 */
final class Journal implements AutoCloseable {

    /** What the first line says; what follows is as this class writes it. */
    private static final String FORM = "cloudtunnel-state 1";

    private static final int CHECKSUM = 8; // hexadecimal digits
    private static final int LONGEST_LINE = 1 << 20; // in bytes

    private final Path file;
    private final FileChannel lockFile;
    private final FileLock lock;
    private RandomAccessFile out; // no channel: that one is closed when its thread is interrupted
    private long length;
    private boolean damaged; // by a write that failed, until it is written anew

    /** Takes a record when the file is read. */
    interface Reader {
        /**
         * The next one.
         *
         * @throws IOException if it has no meaning
         */
        void record(String record) throws IOException;
    }

    /** Gives all records that are worth keeping. */
    interface Writer {
        void writeTo(Sink sink) throws IOException;
    }

    /** Takes a record that is written. */
    interface Sink {
        void record(String record) throws IOException;
    }

    /**
     * Opens a file, which need not be there yet, and reads it to its end.
     *
     * @throws IOException if another process has it, or it cannot be read or written, or is damaged
     */
    Journal(Path file, Reader reader) throws IOException {
        this.file = file.toAbsolutePath();
        Files.createDirectories(folder());
        lockFile =
                FileChannel.open(
                        beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable RandomAccessFile opened = null;
        try {
            lock = lock();
            Files.deleteIfExists(beside(".new")); // of a crash while it was written anew
            opened = new RandomAccessFile(this.file.toFile(), "rw");
            out = opened;
            length = read(reader);
            if (length == 0) {
                out.setLength(0);
                write(FORM);
                syncFolder();
            } else {
                out.setLength(length);
                out.seek(length);
            }
        } catch (IOException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            lockFile.close();
            throw e;
        }
    }

    private Path folder() {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private Path beside(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private FileLock lock() throws IOException {
        try {
            FileLock taken = lockFile.tryLock();
            if (taken != null) {
                return taken;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("another server of this process has it", e);
        }
        throw new IOException("another process has it");
    }

    /** How many bytes of it are whole lines. */
    private long read(Reader reader) throws IOException {
        long good = 0;
        int number = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            byte[] line = line(in);
            while (line.length > 0) {
                number++;
                String record = record(line);
                if (record == null) {
                    if (number == 1 && !isStart(line)) {
                        throw new IOException("it is no state file");
                    }
                    if (in.read() < 0) {
                        return good; // cut by a crash
                    }
                    throw new IOException("line " + number + " is damaged");
                }
                if (number > 1) {
                    reader.record(record);
                } else if (!record.equals(FORM)) {
                    throw new IOException("it is of another version: " + record);
                }
                good += line.length;
                line = line(in);
            }
        }
        return good;
    }

    /** The next line with its end; empty where there is none, without its end where it was cut. */
    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0) {
            line.write(next);
            if (next == '\n') {
                break;
            }
            if (line.size() > LONGEST_LINE) {
                throw new IOException("a line is longer than any that was ever written");
            }
            next = in.read();
        }
        return line.toByteArray();
    }

    private static boolean isStart(byte[] line) {
        byte[] first = bytes(FORM);
        return line.length < first.length && Arrays.equals(line, Arrays.copyOf(first, line.length));
    }

    private static @Nullable String record(byte[] line) {
        int end = line.length - 1;
        if (end <= CHECKSUM || line[end] != '\n' || line[CHECKSUM] != ' ') {
            return null;
        }
        String record = new String(line, CHECKSUM + 1, end - CHECKSUM - 1, StandardCharsets.UTF_8);
        String sum = new String(line, 0, CHECKSUM, StandardCharsets.US_ASCII);
        return sum.equals(checksum(record)) ? record : null;
    }

    private static String checksum(String record) {
        CRC32 crc = new CRC32();
        crc.update(record.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static byte[] bytes(String record) {
        return (checksum(record) + " " + record + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Its length in bytes. */
    long length() {
        return length;
    }

    /**
     * Adds a record, which is on disk once this returns.
     *
     * @throws IOException if that is not so; then the file has to be {@linkplain #replace written
     *     anew} before the next one
     */
    void append(String record) throws IOException {
        if (damaged) {
            throw new IOException("a write before this one has failed");
        }
        write(record);
    }

    /** Whether a write has failed, so that nobody knows what is on disk. */
    boolean isDamaged() {
        return damaged;
    }

    private void write(String record) throws IOException {
        byte[] line = bytes(record);
        boolean written = false;
        try {
            out.write(line);
            out.getFD().sync();
            written = true;
        } finally {
            damaged = !written;
        }
        length += line.length;
    }

    /** Writes it anew, and then puts that in place of what there was: at any time one is whole. */
    void replace(Writer records) throws IOException {
        Path next = beside(".new");
        try (FileOutputStream to = new FileOutputStream(next.toFile())) {
            OutputStream buffered = new BufferedOutputStream(to);
            buffered.write(bytes(FORM));
            records.writeTo(record -> buffered.write(bytes(record)));
            buffered.flush();
            to.getFD().sync();
        }
        RandomAccessFile opened = new RandomAccessFile(next.toFile(), "rw");
        boolean moved = false;
        try {
            opened.seek(opened.length());
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            moved = true;
        } finally {
            if (!moved) {
                opened.close();
            }
        }
        out.close();
        out = opened;
        length = opened.length();
        syncFolder();
        damaged = false;
    }

    /** So that the new name of a file is on disk, too. */
    private void syncFolder() throws IOException {
        if (File.separatorChar != '/') {
            return; // where folders cannot be opened
        }
        try (FileChannel opened = FileChannel.open(folder(), StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        try (lockFile) {
            out.close();
            lock.release();
        }
    }
}
