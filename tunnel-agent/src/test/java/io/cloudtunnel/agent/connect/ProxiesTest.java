package io.cloudtunnel.agent.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy counts for which server. */
class ProxiesTest {

    private static String toward(String url, Map<String, String> environment) {
        return String.valueOf(new Proxies(environment).toward(ServerAddress.of(URI.create(url))));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://t.example.com, -, p:3128",
                "http://t.example.com, -, q:80",
                "https://t.example.com, *, null",
                "https://t.example.com, example.com, null",
                "https://t.example.com, .example.com, null",
                "https://t.example.com, *.example.com, null",
                "https://t.example.com, 'other, T.Example.com', null",
                "https://t.example.com, t.example.com:443, null",
                "https://t.example.com, t.example.com:8443, p:3128",
                "https://t.example.com, ample.com, p:3128",
                "https://t.example.com, '', p:3128",
                "https://10.0.0.1, 10.0.0.1, null",
                "https://localhost:9, -, null",
                "https://127.0.0.9, -, null",
                "https://[::1]:9, -, null",
                "https://localhost.example, -, p:3128",
            })
    void exceptions(String server, String noProxy, String expected) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTPS_PROXY", "http://user:pass@p:3128");
        environment.put("HTTP_PROXY", "q");
        if (noProxy != null) {
            environment.put("NO_PROXY", noProxy);
        }
        assertEquals(expected, toward(server, environment));
    }

    @Test
    void lowerCaseCountsFirst() {
        assertEquals(
                "a:1",
                toward("https://t", Map.of("HTTPS_PROXY", "http://b:2", "https_proxy", "a:1")));
        assertEquals("null", toward("https://t", Map.of("HTTPS_PROXY", "")));
        assertEquals("null", toward("https://t", Map.of("HTTP_PROXY", "http://b:2")));
    }

    @Test
    void credentialsAreDecodedAndHidden() {
        ProxyAddress proxy = ProxyAddress.parse("HTTPS_PROXY", "http://us%40er:p%3Ass@p:1");
        assertEquals("Basic dXNAZXI6cDpzcw==", proxy.authorization());
        assertFalse(proxy.toString().contains("ss@"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://S3CR3T@p:1", "socks5://S3CR3T@p", "http:// S3CR3T", "http://p:0"})
    void wrong(String text) {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ProxyAddress.parse("HTTPS_PROXY", text));
        assertFalse(String.valueOf(e.getMessage()).contains("S3CR3T"));
    }
}
