package io.cloudtunnel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The pages of this repository, as far as the tests read them. */
final class Markdown {

    private static final String FENCE = "```";

    private Markdown() {}

    /**
     * A fenced block.
     *
     * @param language what stands behind the opening fence
     * @param mark the comment in the line before it, without its brackets; null where there is none
     * @param text its lines
     * @param where page and line of the opening fence
     */
    record Block(String language, String mark, String text, String where) {}

    static Path root() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** Those at the top, and those below docs. */
    static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(root());
                Stream<Path> docs = Files.walk(root().resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    static String name(Path page) {
        return root().relativize(page).toString();
    }

    /** A page without its fenced blocks. */
    static String prose(Path page) throws IOException {
        StringBuilder prose = new StringBuilder();
        boolean fenced = false;
        for (String line : Files.readAllLines(page)) {
            if (line.stripLeading().startsWith(FENCE)) {
                fenced = !fenced;
            } else if (!fenced) {
                prose.append(line).append('\n');
            }
        }
        return prose.toString();
    }

    /** The fenced blocks of a page, in order. */
    static List<Block> blocks(Path page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            int first = i++;
            StringBuilder text = new StringBuilder();
            for (; !lines.get(i).startsWith(FENCE); i++) {
                text.append(lines.get(i)).append('\n');
            }
            String before = first == 0 ? "" : lines.get(first - 1).strip();
            blocks.add(
                    new Block(
                            lines.get(first).substring(FENCE.length()).strip(),
                            before.startsWith("<!--") && before.endsWith("-->")
                                    ? before.substring(4, before.length() - 3).strip()
                                    : null,
                            text.toString(),
                            name(page) + ":" + (first + 1)));
        }
        return blocks;
    }

    /** The anchors of its headings, as forges make them. */
    static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : prose(page).lines().toList()) {
            if (line.matches("#{1,6} .*")) {
                String anchor = anchor(line.replaceFirst("#+ +", ""));
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? anchor : anchor + "-" + before);
            }
        }
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.strip()
                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }
}
