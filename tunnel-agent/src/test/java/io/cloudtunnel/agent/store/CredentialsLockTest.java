package io.cloudtunnel.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process, which stopped while it had the file of credentials locked. */
class CredentialsLockTest {

    private static final String HOLDER =
            """
            import java.nio.channels.FileChannel;
            import java.nio.file.*;

            class Holder {
                public static void main(String[] file) throws Exception {
                    FileChannel channel = FileChannel.open(Path.of(file[0]),
                            StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    channel.lock();
                    System.out.println("locked");
                    System.in.read();
                }
            }
            """;

    @TempDir private Path directory;

    @Test
    void isNotWaitedForWithoutEnd() throws Exception {
        Path file = directory.resolve("credentials.json");
        Path source = Files.writeString(directory.resolve("Holder.java"), HOLDER);
        var credentials = new CredentialsFile(file, Duration.ofSeconds(1));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process holder =
                new ProcessBuilder(java, source.toString(), file + ".lock")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader printed =
                new BufferedReader(
                        new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("locked", printed.readLine());
            var e =
                    assertThrows(
                            IOException.class,
                            () -> credentials.change(root -> root.put("a", 1) != null));
            assertTrue(String.valueOf(e.getMessage()).contains("for 1 s"), e.toString());
            assertTrue(String.valueOf(e.getMessage()).contains(file + ".lock"), e.toString());
            assertFalse(Files.exists(file), "nothing was changed");
        } finally {
            holder.destroy();
            holder.waitFor();
        }
        credentials.change(root -> root.put("a", 2) != null);
        assertEquals(2, credentials.read().path("a").asInt());
    }
}
