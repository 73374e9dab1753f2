package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.TunnelServer;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The inspect page of the agent, as a program, in headless Chromium. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InspectIT {

    private static final String EVIL = "<img/src=x/onerror=document.title='evil'>";
    private static final String INSPECT = "inspect page at ";

    /** Where the pictures of the docs go; null where none are wanted. */
    private static final String PICTURES = System.getProperty("screenshots");

    @TempDir static Path folder;

    private final BlockingQueue<Seen> arrived = new LinkedBlockingQueue<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private RawService local;
    private TunnelServer server;
    private Programs agent;
    private Browser browser;
    private Browser.Page page;
    private String prefix;
    private String inspect;
    private String token;

    @BeforeAll
    void start() throws Exception {
        local = new RawService(this::answer);
        server = TunnelServer.builder().host("127.0.0.1").port(0).start();
        agent = Programs.agent(folder, Map.of(), server.port(), local.port(), "--inspect", "0");
        browser = Browser.start(folder);
        prefix = agent.publicPath();
        String line = agent.await("inspect page", each -> each.contains(INSPECT));
        inspect = line.substring(line.indexOf(INSPECT) + INSPECT.length()).strip();
        token = Files.readString(folder.resolve(".config/cloudtunnel/inspect.token")).strip();
    }

    @BeforeEach
    void forgetWhatWas() throws Exception {
        int port = URI.create(inspect).getPort();
        try (Wire client =
                Wire.to(port)
                        .head(
                                "POST /clear HTTP/1.1",
                                "Host: localhost",
                                "Content-Length: 0",
                                "Authorization: Bearer " + token)) {
            assertEquals(204, client.readAnswer().status());
        }
        arrived.clear();
        page = browser.open();
    }

    @AfterEach
    void closePage() throws Exception {
        page.close();
    }

    @AfterAll
    void stop() throws Exception {
        goOn.countDown();
        browser.close();
        agent.close();
        server.close();
        local.close();
    }

    private void answer(RawService.Call call) throws Exception {
        Seen seen = Seen.read(call.wire(), call.head(), false);
        if (call.head().target().equals("/events")) {
            call.wire()
                    .head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
                    .chunk("data: first\n\n");
            goOn.await();
            call.wire().chunk("data: last\n\n").lastChunk();
            return;
        }
        if (call.head().target().equals("/favicon.ico")) { // as browsers ask by themselves
            call.answer(404, "");
            return;
        }
        arrived.add(seen);
        if (call.head().target().startsWith("/missing")) {
            call.answer(404, "no such thing");
            return;
        }
        String note = call.head().start().contains("orders") ? EVIL : "none";
        String body = "{\"order\":12345678901234567890,\"note\":\"" + note + "\"}";
        call.wire()
                .head(
                        "HTTP/1.1 201 Created",
                        "Content-Type: application/json",
                        "Set-Cookie: session=s3cr3t-of-the-answer",
                        "Content-Length: " + body.length())
                .send(body);
    }

    /** Sends a request through the tunnel; what arrived of it. */
    private Seen send(int status, String method, String target, String body, String... fields)
            throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder head = new StringBuilder(method + " " + prefix + target + " HTTP/1.1\r\n");
        head.append("Host: localhost:").append(server.port()).append("\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        if (bytes.length > 0) {
            head.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        try (Wire client = Wire.to(server.port()).send(head + "\r\n").send(bytes)) {
            assertEquals(status, client.readAnswer().status());
        }
        return next();
    }

    private Seen next() throws InterruptedException {
        Seen seen = arrived.poll(20, TimeUnit.SECONDS);
        assertTrue(seen != null, "a request at the local service");
        return seen;
    }

    private static String text(String selector) {
        return "(document.querySelector(\"" + selector + "\")?.textContent ?? '')";
    }

    private void click(String selector) throws Exception {
        page.value("void document.querySelector(\"" + selector + "\").click()");
    }

    private void login(String word) throws Exception {
        page.await("!document.getElementById('login').hidden");
        page.value(
                "document.getElementById('token').value = '"
                        + word
                        + "'; document.getElementById('login').requestSubmit()");
    }

    private void open() throws Exception {
        page.go(inspect);
        login(token);
        page.await("!document.getElementById('page').hidden");
    }

    /** Chooses the newest request, which is the one to this target. */
    private void choose(String target) throws Exception {
        page.await(text("#rows tr:first-child .target") + ".startsWith('" + target + "')");
        click("#rows tr:first-child");
        page.await(text("#detail .title") + ".includes('" + target + "')");
        page.await(text("[data-time='end']") + ".includes('ms')");
    }

    private void filter(String words) throws Exception {
        page.value(
                "document.getElementById('filter').value = '"
                        + words
                        + "'; document.getElementById('filter').dispatchEvent(new Event('input'))");
    }

    private String rows() throws Exception {
        return page.value("String(document.querySelectorAll('#rows tr').length)");
    }

    @Test
    void showsWhatComesWhileItComesAndRunsNoneOfIt() throws Exception {
        page.go(inspect);
        login("wrong-token-wrong-token");
        page.await(text("#state") + ".includes('not the token')");
        assertEquals("0", rows());
        page.complaints().clear(); // of that 401
        open();
        send(404, "GET", "/missing/style.css", "");
        send(
                201,
                "POST",
                "/orders?page=2",
                "{\"name\":\"" + EVIL + "\"}",
                "Content-Type: application/json",
                "X-Evil: " + EVIL,
                "Authorization: Bearer s3cr3t");
        choose("/orders?page=2");
        page.await(text("[data-part='request'] .body") + ".includes('\"name\": \"<img/src=x')");
        page.await(
                text("[data-part='answer'] .body")
                        + ".includes('\"order\": 12345678901234567890,')");
        page.await(text("[data-part='request']") + ".includes('X-Evil')");
        assertEquals("false", page.value(text("#page") + ".includes('s3cr3t') + ''"));
        click("#secrets");
        page.await(text("#page") + ".includes('s3cr3t-of-the-answer')");
        page.await(text("#page") + ".includes('Bearer s3cr3t')");

        send(201, "GET", "/" + EVIL, "");
        choose("/<img");
        page.await(text("#rows tr:first-child .target") + " === \"/" + EVIL + "\"");
        assertEquals("0", page.value("String(document.images.length)"));
        assertEquals("Tunnel inspect", page.value("document.title"));

        assertEquals("3", rows());
        filter("404");
        assertEquals("1", rows());
        filter("2xx post");
        assertEquals("1", rows());
        filter("-/ORDERS");
        assertEquals("2", rows());
        filter("");

        // One that goes on is there already, with what has passed of it.
        try (Wire client =
                Wire.to(server.port())
                        .head("GET " + prefix + "/events HTTP/1.1", "Host: localhost")) {
            assertEquals(200, client.readAnswer().status());
            page.await(text("#rows tr:first-child .target") + " === '/events'");
            click("#rows tr:first-child");
            page.await(text("[data-part='answer'] .body") + ".includes('first')");
            assertEquals("\u2026", page.value(text("#rows tr:first-child .figure")));
            goOn.countDown();
            page.await(text("[data-part='answer'] .body") + ".includes('last')");
            page.await(text("#rows tr:first-child .figure") + " !== '\u2026'");
        }
        assertEquals(List.of(), List.copyOf(page.complaints()));
        click("#clear");
        page.await("document.querySelectorAll('#rows tr').length === 0");
        page.reload(); // the tab has the token still
        page.await("!document.getElementById('page').hidden");
    }

    /** What the docs show. */
    @Test
    void canBeSeen() throws Exception {
        open();
        send(201, "GET", "/", "");
        send(404, "GET", "/missing/style.css", "");
        String order = "{\"customer\":\"anna\",\"items\":[\"tea\"]}";
        String[] fields = {
            "Content-Type: application/json", "Cookie: session=s3cr3t", "User-Agent: shop/1.4"
        };
        send(201, "POST", "/orders?page=2", order, fields);
        choose("/orders?page=2");
        page.await(text("[data-part='request'] .body") + ".includes('anna')");
        Path file = (PICTURES == null ? folder : Path.of(PICTURES)).resolve("inspect.png");
        page.screenshot(file, 1180, 900);
        assertTrue(Files.size(file) > 10_000 && Files.size(file) < 150_000, "a picture");
    }

    @Test
    void sendsAgainToTheLocalService() throws Exception {
        open();
        String[] fields = {"X-A: 1", "X-A: 2", "Content-Type: text/plain"};
        Seen first = send(201, "PUT", "/a%2Fb/?c=%20", "hello \u00ff", fields);
        choose("/a%2Fb/?c=%20");
        int before = local.requests();
        click("#again");
        Seen again = next();
        assertEquals(
                first.without(name -> name.equals("x-request-id")),
                again.without(name -> name.equals("x-request-id")));
        assertFalse(first.values("X-Request-Id").equals(again.values("X-Request-Id")));
        page.await(text("#rows tr:first-child .badge") + " === 'again'");
        page.await(text("#detail") + ".includes('again')");
        page.await("detail.again > 0 && lineOf(detail.again).target === '/a%2Fb/?c=%20'");
        page.await(text("[data-time='end']") + ".includes('ms')");
        assertEquals(before + 1, local.requests());

        send(201, "POST", "/large", "x".repeat(20_000));
        choose("/large");
        page.await("document.getElementById('again').disabled");
        page.await(text("#detail") + ".includes('more than the 16384 bytes that are kept')");
        assertEquals(
                "409",
                page.value(
                        "call('requests/' + chosen + '/send-again', 'POST')"
                                + ".then(a => String(a.status))"));
    }

    @Test
    void whatIsCopiedAsCurlSendsTheSame() throws Exception {
        Installed.need("curl");
        open();
        click("#secrets");
        String[] usual = {"Accept: */*", "User-Agent: it's \"me\" $(id) `id` \\n %s !!"};
        sameByCurl("GET", "/plain", "", usual);
        sameByCurl("GET", "/x/../a%2Fb/[1]{2}/'$HOME'?q='\"&x=%27|#f", "", "X-Empty:");
        sameByCurl("GET", "/question?", "", "Cookie: a=b; c=\"d\"", "X-A: 1", "X-A: 2");
        sameByCurl("DELETE", "/\u00fc\u0080", "", "X-Latin: \u00e4%d\\101'\u00ff");
        sameByCurl("POST", "/text", "@it's\n\"text\" $HOME \u00c3\u00a4", "Content-Type: x/y");
        sameByCurl("POST", "/half-a-character", "caf\u00e9", "Content-Type: text/plain");
        sameByCurl("PATCH", "/binary", "\0\u0001\r\n\u00ff'\"", "Authorization: Basic YTpi");
        sameByCurl("POST", "/empty", "", "Content-Length: 0");
    }

    /** Indented, the first one would have 134 million characters. */
    @Test
    void jsonThatIsDeepOrLongIsShownAsItCame() throws Exception {
        open();
        showsAsItCame("/deep", "'['.repeat(8192) + ']'.repeat(8192)", false);
        showsAsItCame("/deeper", "'['.repeat(120000) + ']'.repeat(120000)", true);
        showsAsItCame("/long", "'['.repeat(64) + '1,'.repeat(99999) + '1' + ']'.repeat(64)", true);
        assertEquals(
                "129",
                page.value("String(pretty('['.repeat(64) + ']'.repeat(64)).split('\\n').length)"));
        assertEquals(List.of(), List.copyOf(page.complaints()));
    }

    private void showsAsItCame(String target, String json, boolean gzip) throws Exception {
        String body = page.value(json);
        String[] fields = {"Content-Type: application/json", "Content-Encoding: gzip"};
        send(201, "POST", target, gzip ? gzip(body) : body, Arrays.copyOf(fields, gzip ? 2 : 1));
        choose(target);
        page.await(text("[data-part='request'] .body") + " === " + json);
    }

    /** Of ASCII, with one character for each byte that comes out. */
    private static String gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream in = new GZIPOutputStream(out)) {
            in.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private void sameByCurl(String method, String target, String body, String... fields)
            throws Exception {
        Seen first = send(201, method, target, body, fields);
        long number = Long.parseLong(newest(target));
        page.value("void choose(" + number + ")");
        page.await(text("[data-time='end']") + ".includes('ms') && detail.number === " + number);
        for (String where : List.of("public", "local")) {
            page.value(
                    "void ((to) => { to.value = '"
                            + where
                            + "'; to.dispatchEvent(new Event('change')); })"
                            + "(document.getElementById('where'))");
            String command = page.value(text("#curl"));
            Programs.run(folder, List.of("/bin/sh", "-c", command), Map.of());
            Seen second = next();
            boolean all = where.equals("local");
            assertEquals(essence(first, all), essence(second, all), command);
        }
    }

    /** The number of the newest request, once it is the one with as long a target. */
    private String newest(String target) throws Exception {
        page.await(
                "known.requests[0]?.over && known.requests[0].target.length === "
                        + target.length());
        return page.value("String(known.requests[0].number)");
    }

    /** What has to be the same; the server says the rest of each request by itself. */
    private static List<String> essence(Seen seen, boolean all) {
        Seen kept =
                all
                        ? seen
                        : seen.without(name ->
                                name.equals("x-request-id")
                                        || name.equals("forwarded")
                                        || name.startsWith("x-forwarded-"));
        List<String> lines = kept.lines().stream().map(InspectIT::lowerName).sorted().toList();
        return List.of(kept.start(), String.join("\n", lines), kept.framing(), kept.body());
    }

    private static String lowerName(String line) {
        return Seen.name(line) + line.substring(line.indexOf(':'));
    }

    @Test
    void anotherOriginsPageGetsNothing() throws Exception {
        send(201, "GET", "/kept", "");
        open();
        String path = "requests/" + newest("/kept") + "/send-again";
        page.go("http://127.0.0.1:" + local.port() + "/missing"); // the local service's own page
        page.await("document.body.textContent.includes('no such')");
        next();
        for (String options :
                List.of(
                        "{headers: {Authorization: 'Bearer " + token + "'}}",
                        "{method: 'POST', mode: 'no-cors'}",
                        "{}")) {
            assertEquals(
                    "nothing",
                    page.value(
                            "fetch('"
                                    + inspect
                                    + (options.contains("POST") ? path : "requests")
                                    + "', "
                                    + options
                                    + ").then(a => a.text()).then(t => t || 'nothing', () =>"
                                    + " 'nothing')"));
        }
        assertEquals(0, arrived.size()); // nothing was sent again
    }
}
