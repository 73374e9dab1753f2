package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications that know nothing of the prefix under which the public sees them. */
@Timeout(60)
class PrefixIT {

    @TempDir Path folder;

    private static void application(RawService.Call call) throws Exception {
        String target = call.head().target();
        if (target.equals("/login")) {
            call.wire()
                    .head(
                            "HTTP/1.1 302 Found",
                            "Location: /home?x=%2F",
                            "Set-Cookie: a=1; Path=/; HttpOnly",
                            "Set-Cookie: b=2; path=/deep",
                            "Content-Length: 0");
        } else {
            call.body().readAllBytes();
            call.answer(200, call.head().start() + "|" + call.head().first("Cookie"));
        }
    }

    private Rig rig(UnaryOperator<io.cloudtunnel.server.TunnelServerBuilder> server)
            throws Exception {
        return Rig.start(folder, "binary", PrefixIT::application, server, agent -> agent);
    }

    private static Wire.Head ask(Wire client, String method, String target, String... fields)
            throws Exception {
        client.head(lines(method + " " + target + " HTTP/1.1", fields));
        return client.readAnswer();
    }

    private static String[] lines(String first, String... fields) {
        String[] lines = new String[fields.length + 1];
        lines[0] = first;
        System.arraycopy(fields, 0, lines, 1, fields.length);
        return lines;
    }

    private static String prefix(Rig rig) {
        return URI.create(rig.agent().publicUrl()).getRawPath();
    }

    @Test
    void locationAndCookiePathsGetThePrefix() throws Exception {
        try (Rig rig = rig(server -> server);
                Wire client = rig.get("/login")) {
            Wire.Head answer = client.readAnswer();
            assertEquals(prefix(rig) + "/home?x=%2F", answer.first("Location"));
            assertEquals(
                    List.of(
                            "a=1; Path=" + prefix(rig) + "; HttpOnly",
                            "b=2; path=" + prefix(rig) + "/deep"),
                    answer.all("Set-Cookie"));
        }
    }

    @Test
    void rewritingHasASwitch() throws Exception {
        try (Rig rig = rig(server -> server.rewritePrefix(false));
                Wire client = rig.get("/login")) {
            assertEquals("/home?x=%2F", client.readAnswer().first("Location"));
        }
    }

    @Test
    void whatAPageAsksForFromTheRootIsLedBack() throws Exception {
        try (Rig rig = rig(server -> server);
                Wire client = rig.client()) {
            String referer = "Referer: http://localhost" + prefix(rig) + "/page";
            Wire.Head led = ask(client, "GET", "/app.js?v=1", "Host: localhost", referer);
            assertEquals(307, led.status());
            assertEquals(prefix(rig) + "/app.js?v=1", led.first("Location"));
            // An endpoint of ours, too, and on the same connection.
            Wire.Head health = ask(client, "GET", "/health/live", "Host: localhost", referer);
            assertEquals(prefix(rig) + "/health/live", health.first("Location"));
            Wire.Head ours = ask(client, "GET", "/health/live", "Host: localhost");
            assertEquals(200, ours.status());
            assertTrue(client.text(ours).contains("UP"));
            Wire.Head lost = ask(client, "GET", "/app.js", "Host: localhost");
            assertEquals(404, lost.status());
            assertTrue(client.text(lost).contains("ROOT_FALLBACK=cookie"));
            Wire.Head through = ask(client, "GET", led.first("Location"), "Host: localhost");
            assertEquals("GET /app.js?v=1 HTTP/1.1|", client.text(through));
        }
    }

    @Test
    void aNavigationSetsTheCookieAndAWebSocketFollowsIt() throws Exception {
        try (Rig rig = rig(server -> server.rootFallback("cookie"));
                Wire client = rig.get("/page", "Accept: text/html");
                Wire other = rig.client()) {
            Wire.Head page = client.readAnswer();
            String cookie = page.first("Set-Cookie");
            assertTrue(cookie.startsWith("cloudtunnel-root="), cookie);
            String pair = cookie.substring(0, cookie.indexOf(';'));
            Wire.Head reload =
                    ask(other, "GET", "/state", "Host: localhost", "Cookie: x=y; " + pair);
            assertEquals(prefix(rig) + "/state", reload.first("Location"));
            Wire.Head socket =
                    ask(
                            other,
                            "GET",
                            "/live",
                            "Host: localhost",
                            "Cookie: x=y; " + pair,
                            "Connection: Upgrade",
                            "Upgrade: websocket");
            assertEquals("GET /live HTTP/1.1|x=y", other.text(socket));
        }
    }

    @Test
    void aPageAtTheBarePrefixGetsItsSlash() throws Exception {
        try (Rig rig = rig(server -> server);
                Wire client = rig.client()) {
            Wire.Head page =
                    ask(client, "GET", prefix(rig) + "?q", "Host: localhost", "Accept: text/html");
            assertEquals(prefix(rig) + "/?q", page.first("Location"));
            Wire.Head call = ask(client, "GET", prefix(rig), "Host: localhost");
            assertEquals("GET / HTTP/1.1|", client.text(call));
        }
    }

    @Test
    void aTunnelWithAHostOfItsOwn() throws Exception {
        try (Rig rig = rig(server -> server.hostDomain("tunnels.example.com"));
                Wire client = rig.client()) {
            URI url = URI.create(rig.agent().publicUrl());
            assertTrue(url.getHost().endsWith(".tunnels.example.com"), url.toString());
            Wire.Head answer = ask(client, "GET", "/login", "Host: " + url.getAuthority());
            assertEquals("/home?x=%2F", answer.first("Location"));
            assertFalse(answer.all("Set-Cookie").getFirst().contains("pub"));
        }
    }
}
