package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program in a JVM of its own.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Forked(int status, String out, String err) {

    /** Runs a class with the class path of this test, and waits for its end. */
    public static Forked run(Path folder, List<String> jvm, Class<?> main, String... args)
            throws IOException, InterruptedException {
        return run(folder, classPath(), jvm, main, args);
    }

    static Forked run(
            Path folder, String classPath, List<String> jvm, Class<?> main, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(args));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "PORT"));
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return new Forked(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** The class path of this test. */
    static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** A program with two options that prints one of them. */
    public static final class Sample {

        static final Option PORT = Option.of("port", "PORT", "N", "The port.");
        static final Option KEY = Option.secret("key", "KEY", "TEXT", "The key.");

        private Sample() {}

        /** Starts it. */
        public static void main(String[] args) {
            Program program = new Program("sample", List.of(PORT, KEY), "A sample.");
            int status = program.run(args, System.getenv(), Sample::body);
            if (status != 0) {
                System.exit(status);
            }
        }

        private static int body(Settings settings) {
            Logs.setUp(Logs.Format.TEXT);
            System.out.println("port=" + settings.integer(PORT, 8080, 1, 65_535));
            System.Logger logger = System.getLogger("sample");
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                // What a hook of the JVM's own does, beside this one.
                                java.util.logging.LogManager.getLogManager().reset();
                                logger.log(System.Logger.Level.INFO, "last words");
                            }));
            return 0;
        }
    }

    /** The variables that a test gives to a program in the same JVM. */
    static Map<String, String> environment(String... pairs) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }
}
