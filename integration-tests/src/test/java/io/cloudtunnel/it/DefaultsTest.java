package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.agent.TunnelAgent;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.Settings;
import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.TunnelServerBuilder;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The defaults that help and docs/configuration.md have are those that the code has. */
class DefaultsTest {

    private static final List<Option> SERVER =
            NamesTest.options("io.cloudtunnel.server.ServerOptions");
    private static final List<Option> AGENT =
            NamesTest.options("io.cloudtunnel.agent.AgentOptions");

    private static Map<String, Object> server(Map<String, String> values) throws Exception {
        TunnelServerBuilder builder = TunnelServer.builder();
        Method settings = TunnelServerBuilder.class.getDeclaredMethod("settings", Settings.class);
        settings.setAccessible(true);
        settings.invoke(builder, Settings.of(SERVER, values));
        return FieldsOf.of(builder, "io.cloudtunnel.server");
    }

    private static Map<String, Object> agent(Map<String, String> values) {
        Map<String, String> all = new TreeMap<>(values);
        all.put("server", "http://t.example");
        all.put("local", "3000");
        return FieldsOf.of(TunnelAgent.builder().options(all), "io.cloudtunnel.agent");
    }

    private static Map<String, String> defaults(List<Option> options) {
        Map<String, String> defaults = new TreeMap<>();
        for (Option option : options) {
            String otherwise = option.otherwise();
            if (otherwise != null && option.literal()) {
                defaults.put(option.key(), otherwise);
            }
        }
        return defaults;
    }

    @Test
    void aServerIsTheSameWithThem() throws Exception {
        assertTrue(defaults(SERVER).size() > 10);
        assertEquals(server(Map.of()), server(defaults(SERVER)));
    }

    @Test
    void anAgentIsTheSameWithThem() {
        assertTrue(defaults(AGENT).size() > 5);
        assertEquals(agent(Map.of()), agent(defaults(AGENT)));
    }

    /** The comparison sees each of these, wherever it is kept. */
    @ParameterizedTest
    @CsvSource({
        "port,8081",
        "response-timeout,31s",
        "json-max-body,5KiB",
        "rotate-grace,6m",
        "bridge-time,6s",
        "link-lifetime,1h",
        "root-fallback,off",
        "rewrite-prefix,false",
        "metrics-tunnels,99"
    })
    void anotherValueIsSeen(String key, String value) throws Exception {
        assertNotEquals(server(Map.of()), server(Map.of(key, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "response-timeout,31s",
        "links,3",
        "mode,json",
        "signed,auto",
        "host,public",
        "exclusive,true"
    })
    void anotherValueOfAnAgentIsSeen(String key, String value) {
        assertNotEquals(agent(Map.of()), agent(Map.of(key, value)));
    }
}
