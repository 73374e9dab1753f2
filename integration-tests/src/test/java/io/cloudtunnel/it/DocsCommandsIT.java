package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the docs do what the docs say: those of a page are run as they stand, one block
 * after the other, in a folder that looks like a clone, and have to end with status 0. {@link
 * DocsMark} has the marks that say so before each block.
 *
 * <p>The names of servers in the docs lead to a server of the test: {@link DocsStage}.
 */
@Tag("alone")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class DocsCommandsIT {

    private static final int LONG_SECONDS = 1800;
    private static final int SECONDS = 60;

    /** Which pages' commands are run, to write one; CI runs all. */
    private static final Pattern PAGES = Pattern.compile(System.getProperty("docs.pages", ".*"));

    @TempDir static Path folder;

    private static DocsStage stage;
    private static int ran;
    private static int left;

    @BeforeAll
    static void open() throws Exception {
        stage = new DocsStage(folder);
    }

    @AfterAll
    static void count() throws Exception {
        stage.close();
        long never = 0;
        for (Path page : Markdown.pages()) {
            for (Markdown.Block block : commands(page)) {
                never += DocsMark.of(block).kind() == DocsMark.Kind.NEVER ? 1 : 0;
            }
        }
        System.out.printf(
                "Commands of the docs: %d blocks were run, %d are not run (each says why), %d were"
                        + " left to -Plong%n",
                ran, never, left);
    }

    private static List<Markdown.Block> commands(Path page) throws Exception {
        return Markdown.blocks(page).stream()
                .filter(block -> block.language().matches("sh|bash|shell|console"))
                .toList();
    }

    @Test
    void eachIsMarked() throws Exception {
        List<String> problems = new ArrayList<>();
        int commands = 0;
        for (Path page : Markdown.pages()) {
            for (Markdown.Block block : Markdown.blocks(page)) {
                if (block.language().isEmpty()) {
                    problems.add(block.where() + ": a language is missing; sh for commands");
                }
            }
            for (Markdown.Block block : commands(page)) {
                commands++;
                String problem = DocsMark.of(block).problem();
                if (problem != null) {
                    problems.add(block.where() + ": " + problem);
                }
            }
        }
        assertEquals(List.of(), problems);
        assertTrue(commands > 20, "blocks found: " + commands);
    }

    @TestFactory
    Stream<DynamicTest> asTheyStand() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : Markdown.pages()) {
            List<Markdown.Block> commands = commands(page);
            if (!commands.isEmpty() && PAGES.matcher(Markdown.name(page)).find()) {
                tests.add(dynamicTest(Markdown.name(page), () -> run(commands)));
            }
        }
        return tests.stream();
    }

    private static void run(List<Markdown.Block> commands) throws Exception {
        boolean whole = Homes.LONG && commands.stream().anyMatch(DocsCommandsIT::isLong);
        Path clone = stage.clone(whole);
        List<Programs> running = new ArrayList<>();
        try {
            for (Markdown.Block block : commands) {
                DocsMark mark = DocsMark.of(block);
                switch (mark.kind()) {
                    case SHORT -> run(block, mark, clone, running);
                    case LONG -> {
                        if (Homes.LONG) {
                            run(block, mark, clone, running);
                        } else {
                            left++;
                        }
                    }
                    case BY_CI -> ran++; // by who runs this
                    case NEVER, NONE -> {}
                }
            }
        } finally {
            for (Programs program : running) {
                program.endTree();
            }
            stage.leave(clone);
        }
    }

    private static boolean isLong(Markdown.Block block) {
        return DocsMark.of(block).kind() == DocsMark.Kind.LONG;
    }

    private static void run(Markdown.Block block, DocsMark mark, Path clone, List<Programs> running)
            throws Exception {
        Path script = Files.writeString(clone.resolve("block.sh"), block.text());
        Map<String, String> environment = stage.environment();
        Programs shell =
                Programs.start(
                        clone, List.of("bash", "-euo", "pipefail", script.toString()), environment);
        running.add(shell);
        String until = mark.until();
        try {
            if (until == null) {
                int most = mark.kind() == DocsMark.Kind.LONG ? LONG_SECONDS : SECONDS;
                assertEquals(0, shell.awaitExit(most), "status");
            } else {
                shell.await("line with '" + until + "'", line -> line.contains(until));
            }
        } catch (AssertionError e) {
            throw new AssertionError(
                    block.where()
                            + " does not do what it says; mend the command, or its mark:\n"
                            + block.text()
                            + "It printed:\n"
                            + shell.output(),
                    e);
        }
        ran++;
    }
}
