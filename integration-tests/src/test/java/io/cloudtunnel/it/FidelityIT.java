package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Is what comes out what went in? Each exchange is made with a local service directly, and through
 * each kind of tunnel: both ends have to see the same, but for what {@link Declared} lists, and for
 * what the case itself declares.
 */
@Timeout(120)
class FidelityIT {

    private static final List<Way> TUNNELS =
            List.of(Way.BINARY, Way.EMBEDDED, Way.JSON, Way.RELAYED, Way.H2C);

    private static final Exchanger EXCHANGER = new Exchanger();
    private static final Map<Case, Exchanged> DIRECT = new HashMap<>();
    private static Ways ways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ways = Ways.start(folder, EXCHANGER::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        ways.close();
    }

    @TestFactory
    Stream<DynamicNode> carriesTheSame() {
        return Stream.concat(RequestCases.all().stream(), AnswerCases.all().stream())
                .map(one ->
                        dynamicContainer(
                                one.name(),
                                TUNNELS.stream()
                                        .filter(way -> way != Way.H2C || isFitForHttp2(one))
                                        .map(way ->
                                                dynamicTest(
                                                        one.name() + ": " + way,
                                                        () -> compare(one, way)))));
    }

    /** Who reads the docs has to find the list that is in force. */
    @Test
    void theDocsHaveTheDeclaredList() throws Exception {
        Set<String> documented = new TreeSet<>();
        String of = "";
        for (String row : Files.readAllLines(Path.of("../docs/http.md"))) {
            String[] cells = row.split("\\|", -1);
            if (cells.length > 3 && cells[2].isBlank()) {
                of = cells[1].strip();
            } else if (cells.length > 3 && !of.isEmpty() && cells[1].contains("`")) {
                for (String name : cells[1].replace("`", "").split(",", -1)) {
                    documented.add(of + " " + name.strip() + " " + cells[2].strip());
                }
            } else if (row.startsWith("#")) {
                of = "";
            }
        }
        Set<String> declared = new TreeSet<>();
        Declared.LIST.forEach(one -> declared.add(one.documented()));
        assertEquals(declared, documented);
    }

    private static boolean isFitForHttp2(Case one) {
        return one.http2().unfit().isEmpty();
    }

    private static void compareInHttp2(Case one) throws Exception {
        Exchanged direct = direct(one);
        Set<Loss> losses = one.http2().losses();
        checkDeclared(losses, direct);
        Exchanged got;
        try (Http2Client client = new Http2Client(ways.connect(Way.H2C))) {
            if (!one.http2().error().isEmpty()) {
                EXCHANGER.fails(one, client, ways.base(Way.H2C));
                return;
            }
            got = Declared.out(EXCHANGER.run(one, client, ways.base(Way.H2C)));
        }
        assertEquals(
                without(losses, Declared.through(direct)).requests(Http2View::ofRequest).requests(),
                got.requests(Http2View::ofRequest).requests(),
                "at the local service");
        List<Seen> answers =
                Declared.through(without(losses, direct)).answers(Http2View::ofAnswer).answers();
        List<Seen> seen = new ArrayList<>(got.answers(Http2View::ofAnswer).answers());
        for (int i = 0; i < Math.min(answers.size(), seen.size()); i++) {
            seen.set(i, Http2View.withoutAdditions(seen.get(i), answers.get(i)));
        }
        assertEquals(answers, seen, "at the client");
    }

    private static void checkDeclared(Set<Loss> losses, Exchanged direct) {
        for (Loss loss : losses) {
            assertNotEquals(direct, loss.in(direct), "declared, but makes no difference: " + loss);
        }
    }

    private static void compare(Case one, Way way) throws Exception {
        if (way == Way.H2C) {
            compareInHttp2(one);
            return;
        }
        Exchanged direct = direct(one);
        if (way == Way.JSON && !one.jsonError().isEmpty()) {
            try (Wire client = ways.connect(way)) {
                EXCHANGER.fails(one, client, ways.base(way));
            }
            return;
        }
        Set<Loss> losses = way == Way.JSON ? one.jsonLosses() : one.losses();
        checkDeclared(losses, direct);
        Exchanged got;
        try (Wire client = ways.connect(way)) {
            got = Declared.out(EXCHANGER.run(one, client, ways.base(way)));
        }
        // The server speaks to the client last, so it has the last word on an answer.
        assertEquals(
                without(losses, Declared.through(direct)).requests(),
                got.requests(),
                "at the local service");
        assertEquals(
                Declared.through(without(losses, direct)).answers(),
                got.answers(),
                "at the client");
    }

    private static Exchanged without(Set<Loss> losses, Exchanged all) {
        Exchanged left = all;
        for (Loss loss : losses) {
            left = loss.in(left);
        }
        return left;
    }

    private static Exchanged direct(Case one) throws Exception {
        Exchanged known = DIRECT.get(one);
        if (known == null) {
            try (Wire client = ways.connect(Way.DIRECT)) {
                known = EXCHANGER.run(one, client, "");
            }
            DIRECT.put(one, known);
        }
        return known;
    }
}
