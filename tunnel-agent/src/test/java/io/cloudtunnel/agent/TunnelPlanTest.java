package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Configuration;
import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a tunnel has changed, and which ones cannot be together. */
class TunnelPlanTest {

    @TempDir Path folder;

    private Map<String, TunnelPlan> plans(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("a.yaml"), yaml);
        List<Configuration> read = new ArrayList<>();
        int status =
                new Program("sample", AgentOptions.ALL)
                        .groups(AgentOptions.TUNNELS)
                        .runWhole(
                                new String[] {"--config", file.toString()},
                                Map.of(),
                                all -> {
                                    read.add(all);
                                    return 0;
                                });
        assertEquals(0, status);
        return TunnelPlan.of(read.getFirst());
    }

    private TunnelPlan plan(String yaml) throws Exception {
        return plans(yaml).values().iterator().next();
    }

    @Test
    void oneWithoutANameOrSeveralWith() throws Exception {
        assertEquals(Set.of(""), plans("local: 1").keySet());
        assertEquals(Set.of("a", "b"), plans("tunnels: {a: {local: 1}, b: {local: 2}}").keySet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local: 1 | {local: 1, log-format: json, admin-port: 1, memory-budget: 1GiB} |"
                        + " true",
                "local: 1 | local: 2 | false",
                "local: 1 | {local: 1, access: {allow: ['::1']}} | false",
                "{local: 1, links: 2} | {links: 2, local: '1'} | true",
                "tunnels: {a: {local: 1}} | tunnels: {a: {local: 1}, b: {local: 3}} | true",
                "tunnels: {a: {local: 1}} | {links: 3, tunnels: {a: {local: 1}}} | false",
                "tunnels: {a: {local: 1, links: 2}} | {links: 3, tunnels: {a: {local: 1, links:"
                        + " 2}}} | true",
                "tunnels: {a: {local: 1}} | tunnels: {b: {local: 1}} | false",
            })
    void whatHasChanged(String before, String after, boolean same) throws Exception {
        assertEquals(same, plan(before).isSameAs(plan(after)));
    }

    @Test
    void aFileThatIsReadOnceCountsByItsContent() throws Exception {
        Path pem = Files.writeString(folder.resolve("ca.pem"), "one");
        String yaml = "{local: 1, local-ca: " + pem + "}";
        TunnelPlan before = plan(yaml);
        assertTrue(before.isSameAs(plan(yaml)));
        Files.writeString(pem, "two");
        assertFalse(before.isSameAs(plan(yaml)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tunnels: {a: {local: 1, name: x}, b: {local: 2, name: x}} | true",
                "tunnels: {a: {local: 1, name: b}, b: {local: 2}} | true",
                "tunnels: {a: {local: 1, id: x}, b: {local: 2, id: x}} | true",
                "tunnels: {a: {local: 1, id: x}, b: {local: 2, id: y}} | false",
                "tunnels: {a: {local: 1, name: x, server: 'http://a'}, b: {local: 2, name: x}}"
                        + " | false",
                "tunnels: {a: {local: 1, name: x, credentials: c}, b: {local: 2, name: x}} | false",
                "tunnels: {a: {local: 1}, b: {local: 1}} | false",
            })
    void twoThatAreOneAtTheirServer(String yaml, boolean same) throws Exception {
        if (same) {
            var e = assertThrows(SettingException.class, () -> plans(yaml));
            assertTrue(String.valueOf(e.getMessage()).contains("'a' and 'b'"), e::getMessage);
        } else {
            assertEquals(2, plans(yaml).size());
        }
    }
}
