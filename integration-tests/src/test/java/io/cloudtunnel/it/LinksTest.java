package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links of the docs lead to files and headings that are there. No network is used. */
class LinksTest {

    /** {@code [text](target)}, and images. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+(?:\\([^()]*\\))?)\\)");

    private static final Pattern ELSEWHERE = Pattern.compile("^[a-z][a-z0-9+.-]*:.*");

    @Test
    void leadSomewhere() throws Exception {
        List<String> broken = new ArrayList<>();
        int checked = 0;
        for (Path page : Markdown.pages()) {
            for (MatchResult link : LINK.matcher(Markdown.prose(page)).results().toList()) {
                checked++;
                String problem = problem(page, link.group(1));
                if (problem != null) {
                    broken.add(Markdown.name(page) + ": (" + link.group(1) + ") " + problem);
                }
            }
        }
        assertEquals(List.of(), broken, "links that lead nowhere");
        assertTrue(checked > 100, "links found: " + checked);
    }

    private static String problem(Path page, String target) throws IOException {
        if (ELSEWHERE.matcher(target).matches()) {
            URI.create(target); // well-formed at least
            return null;
        }
        int mark = target.indexOf('#');
        String path = mark < 0 ? target : target.substring(0, mark);
        Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        if (path.startsWith("/") || !file.toAbsolutePath().startsWith(Markdown.root())) {
            return "leaves the repository; write it relative to the page";
        }
        if (!Files.exists(file)) {
            return "no such file; mind that it is relative to the page";
        }
        if (mark < 0) {
            return null;
        }
        if (!file.toString().endsWith(".md")) {
            return "only Markdown pages have anchors that can be checked";
        }
        Set<String> anchors = Markdown.anchors(file);
        String anchor = target.substring(mark + 1);
        return anchors.contains(anchor) ? null : "no such heading; there are " + anchors;
    }

    /** The index has all pages: whoever adds one says there what a reader wants to do with it. */
    @Test
    void theIndexHasAllPages() throws Exception {
        Set<String> missing = new TreeSet<>();
        String index = Files.readString(Markdown.root().resolve("docs/README.md"));
        String decisions = Files.readString(Markdown.root().resolve("docs/decisions/README.md"));
        for (Path page : Markdown.pages()) {
            String name = page.getFileName().toString();
            String folder = Markdown.root().relativize(page).getParent() + "";
            String list =
                    switch (folder) {
                        case "docs" -> index;
                        case "docs/decisions" -> decisions;
                        default -> "(" + name + ")";
                    };
            if (!name.equals("README.md") && !list.contains("(" + name + ")")) {
                missing.add(folder + "/" + name);
            }
        }
        assertEquals(Set.of(), missing, "pages that the README.md of their folder does not link");
    }
}
