package io.cloudtunnel.server;

import io.cloudtunnel.server.auth.KeyFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Of a builder: the folder of what has to survive a restart where nothing else says where that is.
 * For one thread.
 */
final class DataDir {

    private @Nullable Path folder;
    private boolean keepsState = true;

    /** As {@link TunnelServerBuilder#dataDir}. */
    void in(Path directory) {
        folder = directory;
    }

    /** Leaves the state out, which somebody does not want. */
    void withoutState() {
        keepsState = false;
    }

    /** The file of the state; null where there is none. */
    @Nullable Path state() {
        return folder == null || !keepsState ? null : folder.resolve("state");
    }

    /**
     * The key, which is made if there is none; null without a folder.
     *
     * @throws IllegalArgumentException if it cannot be used; the message says why
     */
    @Nullable String key() {
        try {
            return folder == null ? null : new KeyFile(folder).readOrMake();
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Throws what {@link #key} would, and makes nothing. */
    void checkKey() {
        try {
            if (folder != null) {
                new KeyFile(folder).check();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
