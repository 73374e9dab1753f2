package io.cloudtunnel.agent.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Rights for the owner alone, from the moment of creation on, where the file system has them. */
final class Owner {

    private static final FileAttribute<?>[] NONE = {};

    private Owner() {}

    static FileAttribute<?>[] file(Path path) {
        return rights(path, "rw-------");
    }

    static FileAttribute<?>[] directory(Path path) {
        return rights(path, "rwx------");
    }

    private static FileAttribute<?>[] rights(Path path, String rights) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
                }
                : NONE;
    }

    /** Whether nobody else may read it, as far as the file system knows. */
    static boolean isAlone(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return true;
        }
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
        return !rights.contains(PosixFilePermission.GROUP_READ)
                && !rights.contains(PosixFilePermission.OTHERS_READ);
    }
}
