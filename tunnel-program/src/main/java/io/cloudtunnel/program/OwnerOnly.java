package io.cloudtunnel.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Rights for the owner alone, from the moment of creation on, where the file system has them: for
 * files with secrets.
 */
public final class OwnerOnly {

    private static final FileAttribute<?>[] NONE = {};
    private static final Set<PosixFilePermission> OF_OTHERS =
            PosixFilePermissions.fromString("---rw-rw-");

    private OwnerOnly() {}

    /** Of a file that is to be at this path, or beside it. */
    public static FileAttribute<?>[] file(Path path) {
        return rights(path, "rw-------");
    }

    /** Of a folder. */
    public static FileAttribute<?>[] directory(Path path) {
        return rights(path, "rwx------");
    }

    private static FileAttribute<?>[] rights(Path path, String rights) {
        return hasRights(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
                }
                : NONE;
    }

    /**
     * Whether nobody else may read or change it, as far as the file system knows.
     *
     * @throws IOException if its rights cannot be read
     */
    public static boolean isAlone(Path file) throws IOException {
        return !hasRights(file)
                || Files.getPosixFilePermissions(file).stream().noneMatch(OF_OTHERS::contains);
    }

    private static boolean hasRights(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
