package io.cloudtunnel.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Forked;
import java.io.DataInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherTest {

    @ParameterizedTest
    @CsvSource({"1.8,8", "9,9", "17,17", "21,21", "25,25"})
    void theFeatureVersionIsThatOfTheSpecification(String specification, int feature) {
        assertEquals(feature, Launcher.feature(specification));
    }

    @Test
    void anyJavaFrom8OnCanLoadIt() throws Exception {
        try (var in =
                new DataInputStream(
                        Objects.requireNonNull(
                                Launcher.class.getResourceAsStream("Launcher.class")))) {
            assertEquals(0xCAFEBABE, in.readInt());
            in.readUnsignedShort();
            assertEquals(52, in.readUnsignedShort());
        }
    }

    /** Says that this Java is an older one. */
    public static final class OldJava {

        private OldJava() {}

        /** Starts the launcher. */
        public static void main(String[] args) throws Exception {
            System.setProperty("java.specification.version", args[0]);
            Launcher.main(args);
        }
    }

    @ParameterizedTest
    @CsvSource({"1.8", "17", "20"})
    void anOlderJavaIsToldWhichOneIsNeeded(String version, @TempDir Path folder) throws Exception {
        Forked result = Forked.run(folder, List.of(), OldJava.class, version);
        assertEquals(2, result.status());
        assertEquals("", result.out());
        assertTrue(
                result.err()
                        .startsWith(
                                "This program needs Java 21 or newer (25 is recommended); it was"
                                        + " started with Java "
                                        + version
                                        + " ("),
                result.err());
        assertTrue(result.err().contains("openjdk-21-jre-headless"), result.err());
    }

    @Test
    void aNewEnoughJavaGoesOn(@TempDir Path folder) throws Exception {
        Forked result = Forked.run(folder, List.of(), OldJava.class, "21");
        // No jar here, so no manifest names a program.
        assertTrue(result.err().contains("names a Program-Class"), result.err());
    }
}
