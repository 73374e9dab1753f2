package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.server.relay.servers.Installed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * h2spec, which tests servers of HTTP/2, against a path of a tunnel. At full length only, since it
 * is in no package of Debian's: docs/http2.md says where it comes from.
 */
@EnabledIfSystemProperty(named = "tests.long", matches = "true")
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Http2SpecIT {

    /** docs/http2.md lists them, with the reasons. */
    private static final Set<String> KNOWN =
            Set.of(
                    "generic/5 Sends a dynamic table size update",
                    "http2/3.5 Sends invalid connection preface",
                    "http2/6.9.1 Sends SETTINGS frame to set the initial window size to 1 and"
                            + " sends HEADERS frame",
                    "http2/6.9.2 Changes SETTINGS_INITIAL_WINDOW_SIZE after sending HEADERS frame",
                    "http2/6.9.2 Sends a SETTINGS frame for window size to be negative",
                    "http2/6.10 Sends multiple CONTINUATION frames preceded by a HEADERS frame");

    @TempDir Path folder;

    @Test
    void nothingFailsButWhatIsKnown() throws Exception {
        Path report = folder.resolve("report.xml");
        RawService.Handler service =
                call -> {
                    call.body().readAllBytes();
                    call.answer(200, "some text");
                };
        try (Rig rig = Http2IT.start(folder, service);
                Programs h2spec =
                        Programs.start(
                                folder,
                                List.of(
                                        Installed.need("h2spec"),
                                        "-h",
                                        "127.0.0.1",
                                        "-p",
                                        Integer.toString(rig.server().port()),
                                        "-P",
                                        rig.target("/"),
                                        "-j",
                                        report.toString()),
                                Map.of())) {
            h2spec.awaitExit(380); // with 1 where a test failed
            NodeList cases =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(report.toFile())
                            .getElementsByTagName("testcase");
            assertTrue(cases.getLength() > 130, h2spec::output);
            Set<String> failed = new TreeSet<>();
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                if (test.getElementsByTagName("failure").getLength()
                                + test.getElementsByTagName("error").getLength()
                        > 0) {
                    failed.add(test.getAttribute("package") + " " + test.getAttribute("classname"));
                }
            }
            failed.removeAll(KNOWN); // some of which hang on when frames arrive
            assertEquals(Set.of(), failed, h2spec::output);
        }
    }
}
