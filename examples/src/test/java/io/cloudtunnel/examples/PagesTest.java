package io.cloudtunnel.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages show of Java is in the examples, or compiles. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```");

    @TempDir private Path classes;

    private static List<String> blocks(String page) throws IOException {
        return BLOCK.matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    /** Indentation does not count: a page begins at its left edge. */
    private static String flat(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    @Test
    void thePageOnTheLibraryShowsTheExamples() throws Exception {
        List<String> blocks = blocks("docs/library.md");
        assertTrue(blocks.size() > 2, "blocks found: " + blocks.size());
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            StringBuilder sources = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.append(flat(Files.readString(file))).append('\n');
            }
            String all = sources.toString();
            List<String> missing =
                    blocks.stream().filter(block -> !all.contains(flat(block))).toList();
            assertEquals(
                    List.of(), missing, "not in the sources of this module: copy it from there");
        }
    }

    @Test
    void theReadmesLinesCompile() throws Exception {
        List<String> blocks = blocks("README.md");
        assertTrue(!blocks.isEmpty());
        for (String block : blocks) {
            String source =
                    """
                    import io.cloudtunnel.agent.*;
                    import io.cloudtunnel.server.*;
                    class Shown { void shown() throws Exception { %s } }
                    """
                            .formatted(block);
            assertEquals("", problems(source), block);
        }
    }

    private String problems(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler);
        StringWriter problems = new StringWriter();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"));
        boolean good =
                compiler.getTask(problems, null, null, options, null, List.of(of(source))).call();
        return good ? "" : problems.toString();
    }

    private static JavaFileObject of(String source) {
        return new SimpleJavaFileObject(
                URI.create("string:///Shown.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
