package io.cloudtunnel.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that is made once, for its owner only. */
class TokenFileTest {

    @TempDir Path folder;

    @Test
    void isMadeOnceForItsOwnerOnly() throws Exception {
        Path file = folder.resolve("new/folder/inspect.token");
        String token = TokenFile.read(file);
        assertTrue(token.matches("[0-9a-f]{64}"), token);
        assertEquals(token, TokenFile.read(file));
        assertEquals(token + "\n", Files.readString(file));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    }

    @Test
    void severalThatNeedItAtOnceHaveTheSame() throws Exception {
        Path file = folder.resolve("inspect.token");
        Set<String> tokens = ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    tokens.add(TokenFile.read(file));
                                } catch (IOException e) {
                                    tokens.add(e.toString());
                                }
                            });
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(Set.of(TokenFile.read(file)), tokens);
    }

    @Test
    void whatWasCutIsMadeAnew() throws Exception {
        Path file = folder.resolve("inspect.token");
        String first = TokenFile.read(file);
        Files.writeString(file, first.substring(0, 20));
        String second = TokenFile.read(file);
        assertTrue(second.matches("[0-9a-f]{64}") && !second.startsWith(first.substring(0, 20)));
    }

    @Test
    void oneThatOthersCanReadIsRefused() throws Exception {
        Path file = folder.resolve("inspect.token");
        TokenFile.read(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var e = assertThrows(IOException.class, () -> TokenFile.read(file));
        assertTrue(
                String.valueOf(e.getMessage()).contains("can be read or changed by others"),
                e.toString());
    }
}
