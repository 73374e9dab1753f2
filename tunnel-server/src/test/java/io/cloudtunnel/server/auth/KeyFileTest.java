package io.cloudtunnel.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key that is made once, for its owner only. */
class KeyFileTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("key");
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** What it says; of the key it never says anything. */
    private static String refusal(Executable use) {
        String message = String.valueOf(assertThrows(IOException.class, use).getMessage());
        assertFalse(message.contains("0123456789"), message);
        return message;
    }

    @Test
    void isMadeOnceForItsOwnerOnly() throws Exception {
        Path made = folder.resolve("not/there");
        String key = new KeyFile(made).readOrMake();
        assertTrue(key.matches("[0-9a-f]{64}"), "64 hexadecimal digits");
        assertEquals(key, new KeyFile(made).readOrMake());
        assertEquals("rw-------", rights(made.resolve("key")));
        assertEquals("rwx------", rights(made));
        try (Stream<Path> files = Files.list(made)) {
            assertEquals(List.of(made.resolve("key")), files.toList(), "and nothing else");
        }
    }

    @Test
    void severalThatStartAtOnceHaveTheSame() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path shared = folder.resolve("round-" + round);
            Set<String> keys = ConcurrentHashMap.newKeySet();
            Thread[] threads = new Thread[4];
            CyclicBarrier together = new CyclicBarrier(threads.length);
            for (int i = 0; i < threads.length; i++) {
                threads[i] =
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        together.await();
                                        keys.add(new KeyFile(shared).readOrMake());
                                    } catch (Exception e) {
                                        keys.add(e.toString());
                                    }
                                });
            }
            for (Thread each : threads) {
                each.join();
            }
            assertEquals(Set.of(new KeyFile(shared).readOrMake()), keys);
        }
    }

    /** As the script made it once, without a line's end, and as an operator may write it. */
    @ParameterizedTest
    @ValueSource(strings = {KEY, KEY + "\n", "\n new:" + KEY + "x,old:" + KEY})
    void whatWasThereBeforeIsTaken(String text) throws Exception {
        write(text);
        assertEquals(text.strip(), new KeyFile(folder).readOrMake());
        assertEquals(text, Files.readString(file()));
    }

    @Test
    void whatIsNoKeyIsNotReplaced() throws Exception {
        String two = "a:" + KEY + ",a:" + KEY;
        for (String text : List.of("", "\n", KEY.substring(0, 31), two, KEY.repeat(1000))) {
            write(text);
            String told = refusal(new KeyFile(folder)::readOrMake);
            assertTrue(told.startsWith(file() + " has no usable key ("), told);
            assertEquals(told, refusal(new KeyFile(folder)::check));
            assertEquals(text, Files.readString(file()));
        }
        write("");
        assertTrue(refusal(new KeyFile(folder)::check).contains("it is empty"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    void oneThatIsOpenToOthersIsRefused(String rights) throws Exception {
        write(KEY);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(rights));
        String told = refusal(new KeyFile(folder)::readOrMake);
        assertTrue(told.contains("can be read or changed by others"), told);
        assertTrue(told.contains("chmod 600"), told);
    }

    @Test
    void saysWhereItCannotBe() throws Exception {
        write(KEY);
        String inAFile = refusal(new KeyFile(file())::readOrMake);
        assertTrue(inAFile.startsWith("no key can be made in " + file()), inAFile);
        assertTrue(inAFile.contains("is no folder; give another folder (DATA_DIR)"), inAFile);
        Path nowhere = folder.resolve("key/deeper");
        assertTrue(refusal(new KeyFile(nowhere)::readOrMake).contains("no key can be made in"));
        Files.delete(file());
        Files.createDirectory(file());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rwx------"));
        String ofAFolder = refusal(new KeyFile(folder)::readOrMake);
        assertTrue(ofAFolder.contains("cannot be read: Is a directory;"), ofAFolder);
        Files.delete(file());
        Files.createSymbolicLink(file(), folder.resolve("gone"));
        String ofALink = refusal(new KeyFile(folder)::readOrMake);
        assertTrue(ofALink.contains("leads nowhere"), ofALink);
    }

    @Test
    void lookingMakesNothing() throws Exception {
        new KeyFile(folder).check();
        assertFalse(Files.exists(file()));
    }
}
