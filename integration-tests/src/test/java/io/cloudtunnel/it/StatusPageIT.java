package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status page as a browser shows it, in headless Chromium. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatusPageIT {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String EVIL = "<img/src=x/onerror=document.title='evil'>";

    @TempDir Path home;
    @TempDir Path folder;

    private Rig rig(Admin where) throws Exception {
        Observation observation = Observation.DEFAULT.withAdmin(where);
        return Rig.start(
                folder,
                "binary",
                call -> {
                    if (call.head().start().contains("/broken")) {
                        call.wire().socket().close();
                    } else {
                        call.answer(200, "ok");
                    }
                },
                server -> server.observation(observation),
                agent -> agent.observation(observation));
    }

    private static String text(String selector) {
        return "(document.querySelector(\"" + selector + "\")?.textContent ?? '')";
    }

    private static String table(String name) {
        return text("[data-table='" + name + "']");
    }

    private static void request(Rig rig, String path, int status) throws Exception {
        try (Wire client = rig.get(path)) {
            assertEquals(status, client.readAnswer().status());
        }
    }

    @Test
    void showsWhatHappensWhileItHappens() throws Exception {
        try (Browser browser = Browser.start(home);
                Rig rig = rig(Admin.onLoopback(0));
                Browser.Page page = browser.open()) {
            String tunnel = rig.target("").substring("/pub/".length());
            page.go("http://localhost:" + rig.server().adminPort() + "/status");
            page.await(table("Tunnels") + ".includes('" + tunnel + "')");
            page.await(
                    table("Links")
                            + ".includes('binary') && "
                            + table("Links")
                            + ".includes('ready')");
            page.await(table("Recent errors: local") + ".includes('none')");
            request(rig, "/broken?key=s3cr3t", 502);
            // What is chosen by a client is shown as it came, and is no markup.
            request(rig, "/broken" + EVIL, 502);
            page.await(table("Recent errors: local") + ".includes('/broken 502 local-broken')");
            page.await(
                    table("Recent errors: local")
                            + ".includes('"
                            + EVIL.replace("'", "\\'")
                            + "')");
            assertEquals("0", page.value("String(document.images.length)"));
            assertTrue(page.value("document.title").startsWith("tunnel-server"));
            assertEquals(
                    "false", page.value("String(document.body.textContent.includes('s3cr3t'))"));
            for (int i = 0; i < 20; i++) {
                request(rig, "/", 200);
            }
            page.await(text("[data-fact='requests']") + ".match(/^[0-9.]+\\/s$/)");
            page.await(table("Tunnels") + ".includes('22')");
            assertEquals(List.of(), List.copyOf(page.complaints()));

            page.go("http://localhost:" + rig.agent().adminPort() + "/status");
            page.await("document.title.startsWith('tunnel-agent')");
            page.await(table("Links") + ".includes('current')");
            page.await(table("Errors so far") + ".includes('local-broken')");
            rig.server().close();
            page.await(text("[data-fact='connected']") + " === 'no'");
            assertEquals(List.of(), List.copyOf(page.complaints()));
        }
    }

    @Test
    void asksForTheTokenAndRunsNoScriptButItsOwn() throws Exception {
        try (Browser browser = Browser.start(home);
                Rig rig = rig(new Admin("127.0.0.1", 0, TOKEN));
                Browser.Page page = browser.open()) {
            page.go("http://127.0.0.1:" + rig.server().adminPort() + "/status");
            page.await("!document.getElementById('login').hidden");
            assertEquals(
                    "false", page.value("String(document.body.textContent.includes('Tunnels'))"));
            page.value(login("wrong"));
            page.await(
                    "document.getElementById('state').textContent.includes('not the admin token')");
            page.value(login(TOKEN));
            page.await(table("Links") + ".includes('ready')");
            page.await("document.getElementById('login').hidden");
            page.value(
                    "const injected = document.createElement('script');"
                            + "injected.append('window.ran = true');"
                            + "document.head.append(injected)");
            assertEquals("false", page.value("String(window.ran === true)"));
            assertEquals(
                    "refused",
                    page.value(
                            "fetch('http://localhost:"
                                    + rig.port()
                                    + "/health/live',{mode:'no-cors'}).then(() => 'sent', () =>"
                                    + " 'refused')"));
        }
    }

    private static String login(String token) {
        return "document.getElementById('token').value = '"
                + token
                + "'; document.getElementById('login').requestSubmit()";
    }
}
