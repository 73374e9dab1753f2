package io.cloudtunnel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings by name make of a server. */
class ServerSettingsTest {

    private static final String KEY = "k:" + "0123456789abcdef".repeat(4);

    private static TunnelServerBuilder with(
            TunnelServerBuilder builder, String name, String value) {
        return builder.settings(Settings.of(ServerOptions.ALL, Map.of(name, value)));
    }

    @Test
    void aTunnelHasTheHostThatItWasGiven() throws Exception {
        String id;
        try (Tunnel first = Tunnel.start(b -> b.tunnelKey(KEY))) {
            id = first.id;
        }
        try (Tunnel named =
                        Tunnel.start(b ->
                                with(b.tunnelKey(KEY), "host-names", "shop.example.com=" + id));
                RawClient client = named.raw()) {
            // Known to be a tunnel's, and of this one no agent is connected.
            client.send("GET /register HTTP/1.1\r\nHost: SHOP.example.com:80\r\n\r\n");
            assertEquals("agent-not-connected", client.answer().first("Cloudtunnel-Error"));
            client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, client.answer().status());
            assertTrue(named.publicUrl.endsWith("/pub/" + named.id), "others have no host");
        }
    }

    @Test
    void severalServersNeedOneKeyAndNoPasswordIsRepeated() {
        String url = "redis://:secret@localhost:1";
        String alone =
                assertThrows(
                                SettingException.class,
                                () -> with(TunnelServer.builder(), "redis-url", url))
                        .getMessage();
        assertTrue(alone != null && alone.contains("TUNNEL_KEY"), alone);
        Map<String, String> both = Map.of("redis-url", "http://:secret@x", "tunnel-key", KEY);
        String wrong =
                assertThrows(
                                SettingException.class,
                                () ->
                                        TunnelServer.builder()
                                                .settings(Settings.of(ServerOptions.ALL, both)))
                        .getMessage();
        assertTrue(wrong != null && wrong.contains("redis://"), wrong);
        assertTrue(!String.valueOf(wrong).contains("secret"), wrong);
    }

    private static String refusal(Map<String, String> settings) {
        return String.valueOf(
                assertThrows(
                                SettingException.class,
                                () ->
                                        TunnelServer.builder()
                                                .settings(Settings.of(ServerOptions.ALL, settings)))
                        .getMessage());
    }

    @Test
    void expiryNeedsAStoreAndTime() {
        String alone = refusal(Map.of("tunnel-expiry", "30d"));
        assertTrue(alone.contains("set REDIS_URL"), alone);
        String shortly = refusal(Map.of("tunnel-expiry", "5s"));
        assertTrue(shortly.contains("from 1m"), shortly);
    }

    @Test
    void aStateFileIsForOneServer(@TempDir Path folder) {
        String file = folder.resolve("state").toString();
        TunnelServerBuilder alone = with(TunnelServer.builder(), "state-file", file);
        assertEquals(Path.of(file), alone.life().stateFile());
        assertNull(with(TunnelServer.builder(), "state-file", "off").life().stateFile());
        String both =
                refusal(
                        Map.of(
                                "state-file",
                                file,
                                "tunnel-key",
                                KEY,
                                "redis-url",
                                "redis://localhost:1"));
        assertTrue(both.contains("leave one of them out"), both);
        TunnelServerBuilder expiring =
                TunnelServer.builder()
                        .settings(
                                Settings.of(
                                        ServerOptions.ALL,
                                        Map.of("state-file", file, "tunnel-expiry", "30d")));
        assertEquals(Duration.ofDays(30), expiring.life().expiry());
    }

    private static final String REDIS = "redis://localhost:1";

    private static TunnelServerBuilder given(Map<String, String> settings) {
        return TunnelServer.builder().settings(Settings.of(ServerOptions.ALL, settings));
    }

    @Test
    void aFolderKeepsKeyAndStateWhereNothingElseDoes(@TempDir Path parent) throws Exception {
        Path folder = parent.resolve("data");
        Path key = folder.resolve("key");
        String data = folder.toString();
        TunnelServerBuilder alone = given(Map.of("data-dir", data, "tunnel-expiry", "30d"));
        assertEquals(folder.resolve("state"), alone.stateFile());
        assertFalse(Files.exists(folder), "looking at the settings makes nothing");
        String id;
        try (Tunnel first = Tunnel.start(b -> with(b, "data-dir", data))) {
            id = first.id;
        }
        assertTrue(Files.exists(folder.resolve("state")));
        String made = Files.readString(key).strip();
        try (Tunnel again = Tunnel.start(b -> b.dataDir(folder));
                RawClient client = again.raw()) {
            client.request("GET", "/pub/" + id + "/");
            assertEquals("agent-not-connected", client.answer().first("Cloudtunnel-Error"));
        }
        assertEquals(made, Files.readString(key).strip());
    }

    @Test
    void whatIsGivenBesidesBeatsTheFolder(@TempDir Path parent) throws Exception {
        Path folder = parent.resolve("data");
        String data = folder.toString();
        String file = parent.resolve("other").toString();
        assertEquals(
                Path.of(file), given(Map.of("data-dir", data, "state-file", file)).stateFile());
        assertNull(given(Map.of("data-dir", data, "state-file", "off")).stateFile());
        given(Map.of("data-dir", data, "tunnel-key", KEY, "state-file", "off")).build();
        given(Map.of("data-dir", data, "tunnel-key", KEY, "redis-url", REDIS)).build();
        assertFalse(Files.exists(folder), "nothing of it is needed");
        given(Map.of("data-dir", data, "redis-url", REDIS)).build();
        try (Stream<Path> made = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("key")), made.toList(), "what Redis has not");
        }
    }

    @Test
    void aKeyOfTheFolderThatCannotBeUsedIsNamed(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("key"), "0123456789-too-short");
        Files.setPosixFilePermissions(
                folder.resolve("key"), PosixFilePermissions.fromString("rw-------"));
        Map<String, String> settings = Map.of("data-dir", folder.toString());
        String told = refusal(settings);
        assertTrue(told.contains("key has no usable key (a key has at least 32"), told);
        assertTrue(!told.contains("0123456789"), told);
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        TunnelServer.builder().dataDir(folder)::build);
        assertEquals(told, e.getMessage());
        given(Map.of("data-dir", folder.toString(), "tunnel-key", KEY)); // which is not looked at
    }

    @Test
    void registrationsAreLimitedUnlessOff() {
        assertEquals(60, limits(Map.of()).perMinute());
        assertEquals(7, limits(Map.of("limit-registrations", "7")).perMinute());
        assertEquals(0, limits(Map.of("limit-registrations", "off")).perMinute());
        assertThrows(SettingException.class, () -> limits(Map.of("limit-registrations", "0")));
    }

    private static RegistrationLimits limits(Map<String, String> settings) {
        return RegistrationOptions.limits(Settings.of(ServerOptions.ALL, settings), false);
    }

    @Test
    void oidcNeedsAnIssuer() {
        String nobody = refusal(Map.of("registration", "oidc"));
        assertTrue(nobody.contains("AGENT_JWT_ISSUER"), nobody);
    }

    @Test
    void keysOfAFileComeBesideTheOthers(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Files.writeString(file, "bert:bert-key-0123456789\n");
        Map<String, String> both =
                Map.of("api-keys", "anna:anna-key-0123456789", "api-keys-file", file.toString());
        TunnelServerBuilder builder =
                TunnelServer.builder().settings(Settings.of(ServerOptions.ALL, both));
        assertEquals(Set.of("anna", "bert"), builder.apiKeys().keySet());
        Files.writeString(file, "anna:other-key-0123456789\n");
        String twice = refusal(both);
        assertTrue(twice.contains("api-keys-file") || twice.contains("API_KEYS_FILE"), twice);
        assertTrue(!twice.contains("0123"), twice);
        String missing = refusal(Map.of("api-keys-file", folder.resolve("none").toString()));
        assertTrue(missing.contains("can be read"), missing);
    }

    @Test
    void natsNeedsARedisAndNoPasswordIsRepeated() {
        String url = "nats://u:secret@localhost:1";
        String alone =
                assertThrows(
                                SettingException.class,
                                () -> with(TunnelServer.builder(), "nats-url", url))
                        .getMessage();
        assertTrue(alone != null && alone.contains("REDIS_URL"), alone);
        Map<String, String> all =
                Map.of(
                        "redis-url",
                        "redis://localhost:1",
                        "tunnel-key",
                        KEY,
                        "nats-url",
                        "http://u:secret@localhost");
        String wrong =
                assertThrows(
                                SettingException.class,
                                () ->
                                        TunnelServer.builder()
                                                .settings(Settings.of(ServerOptions.ALL, all)))
                        .getMessage();
        assertTrue(wrong != null && wrong.contains("nats://"), wrong);
        assertTrue(!String.valueOf(wrong).contains("secret"), wrong);
    }

    @ParameterizedTest
    @CsvSource({
        "host-names, shop.example.com",
        "host-names, shop.example.com=no_id",
        "host-names, 'https://shop.example.com=abcdefghijklmnopqrstuvwxyz234567'",
        "host-domain, https://example.com",
        "chunk-large-answers, perhaps"
    })
    void wrongValuesAreNamed(String name, String value) {
        String message =
                assertThrows(
                                SettingException.class,
                                () -> with(TunnelServer.builder(), name, value))
                        .getMessage();
        assertTrue(message != null && message.startsWith(name), message);
    }

    @Test
    void theServersOwnHostIsNoTunnels() {
        TunnelServerBuilder builder =
                TunnelServer.builder()
                        .publicBaseUrl(URI.create("https://example.com"))
                        .hostNames(Map.of("example.com", "a".repeat(32)));
        assertThrows(IllegalArgumentException.class, builder::build);
    }
}
