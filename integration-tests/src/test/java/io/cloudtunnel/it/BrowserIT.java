package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications as a browser shows them under {@code /pub/{id}/}, in headless Chromium. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrowserIT {

    /** What a style that comes with a lazy module makes of the text. */
    private static final String COLOUR = "getComputedStyle(document.getElementById('main')).color";

    @TempDir static Path home;
    private static Browser browser;

    @TempDir Path folder;

    @BeforeAll
    static void startBrowser() throws Exception {
        browser = Browser.start(home);
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    private Tunnel tunnel(WebApplication local, String fallback) throws Exception {
        return Tunnel.to(
                local.port(),
                folder,
                "binary",
                server -> server.rootFallback(fallback),
                agent -> agent);
    }

    private static String text(String id) {
        return "document.getElementById('" + id + "')?.textContent";
    }

    @Test
    void aWebSocketApplicationWithRelativeAddresses() throws Exception {
        try (WebApplication local = new WebApplication("chat");
                Tunnel tunnel = tunnel(local, "referer");
                Browser.Page page = browser.open()) {
            page.go(tunnel.url("")); // the slash at the end is the server's concern
            page.await(text("close"));
            assertEquals("ws-app: hello \u00e4\u4e16", page.value(text("text")));
            assertEquals("true", page.value(text("binary")));
            assertEquals("4002 bye true", page.value(text("close")));
            assertEquals(List.of(), List.copyOf(page.complaints()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "/events"})
    void anEventSourceComesBackWithWhatItSawLast(String address) throws Exception {
        try (WebApplication local = new WebApplication("events");
                Tunnel tunnel = tunnel(local, "referer");
                Browser.Page page = browser.open()) {
            page.go(tunnel.url("/?at=" + address));
            page.await(text("events") + " === 'first;after 1;'");
        }
    }

    /** Its addresses all begin with a slash, and no cookie is needed for these. */
    @ParameterizedTest
    @ValueSource(strings = {"referer", "cookie"})
    void aSinglePageApplicationAtTheRoot(String fallback) throws Exception {
        try (WebApplication local = new WebApplication("spa");
                Tunnel tunnel = tunnel(local, fallback);
                Browser.Page page = browser.open()) {
            showsItself(page, tunnel.url("/"));
            for (String file : List.of("/favicon.svg", "/assets/logo-0c1d.svg")) {
                assertTrue(local.served().contains(file), file);
            }
            page.value("document.getElementById('send').click()");
            page.await(text("thanks") + " === 'thanks for name=Ada'");
            assertEquals(tunnel.prefix() + "/thanks", page.value("location.pathname"));

            showsItself(page, tunnel.url("/"));
            page.value("document.getElementById('plain-link').click()");
            page.await(text("plain-page"));
            assertEquals(tunnel.prefix() + "/plain", page.value("location.pathname"));
            page.value("document.getElementById('back').click()");
            page.await(text("main") + " === 'home'");

            page.await(text("worker") + " === 'hello, session=s1'");
            assertEquals(List.of(), List.copyOf(page.complaints()));
            // A module that is loaded when it is needed: asked for by the script, not by the page.
            page.value("document.getElementById('about-link').click()");
            page.await(text("main") + " === 'about'");
            assertEquals("/about", page.value("location.pathname"));
            page.value("history.back()");
            page.await(text("main") + " === 'home'");
            assertEquals(tunnel.prefix() + "/", page.value("location.pathname"));
        }
    }

    /** Script, style, font, a call with the application's cookie and one with a body. */
    private static void showsItself(Browser.Page page, String url) throws Exception {
        page.go(url);
        page.await(text("main") + " === 'home'");
        page.await(text("fetch") + " === 'hello, session=s1'");
        page.await(text("post") + " === '100000'");
        page.await(text("worker") + " === 'hello, session=s1'");
        page.await("[...document.fonts].some(font => font.status === 'loaded')");
    }

    /** What has no {@code Referer} that would tell the tunnel. */
    @Test
    void whatASinglePageApplicationNeedsTheCookieFor() throws Exception {
        try (WebApplication local = new WebApplication("spa");
                Tunnel tunnel = tunnel(local, "cookie");
                Browser.Page page = browser.open()) {
            doesAll(page, tunnel.url("/"));
            // What is loaded anew is under the prefix again.
            assertEquals(tunnel.prefix() + "/thanks", page.value("location.pathname"));
        }
    }

    /** Browsers lead all names below localhost to this machine. */
    @Test
    void aSinglePageApplicationWithAHostOfItsOwn() throws Exception {
        try (WebApplication local = new WebApplication("spa");
                Tunnel tunnel =
                        Tunnel.to(
                                local.port(),
                                folder,
                                "binary",
                                server ->
                                        server.hostDomain("tunnels.localhost").rootFallback("off"),
                                agent -> agent);
                Browser.Page page = browser.open()) {
            doesAll(page, tunnel.url("/"));
            assertEquals("/thanks", page.value("location.pathname"));
        }
    }

    private static void doesAll(Browser.Page page, String url) throws Exception {
        showsItself(page, url);
        page.value("application.connect('/ws-app'); application.connect('/ws')");
        page.await(text("ws-app") + " === 'ws-app: hello'");
        page.await(text("ws") + " === 'ws: hello'");

        // Once the page has given itself another address, its requests have that as Referer.
        page.value("document.getElementById('about-link').click()");
        page.await(text("main") + " === 'about'");
        page.await(COLOUR + " === 'rgb(1, 2, 3)'");
        page.value("document.getElementById('fetch').textContent = ''; application.talk()");
        page.await(text("fetch") + " === 'hello, session=s1'");

        page.value("window.before = true");
        page.reload();
        page.await("!window.before && " + text("main") + " === 'about'");
        page.await(text("worker") + " === 'hello, session=s1'");
        page.value("application.connect('/ws-app')");
        page.await(text("ws-app") + " === 'ws-app: hello'");
        page.value("document.getElementById('send').click()");
        page.await(text("thanks") + " === 'thanks for name=Ada'");
        assertEquals(List.of(), List.copyOf(page.complaints()));
    }
}
