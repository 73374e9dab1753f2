package io.cloudtunnel.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cloudtunnel.server.TunnelServerBuilder;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cloud Run refuses answers of more than 32 MiB, unless they are chunked. */
@Timeout(60)
class CloudRunIT {

    private static final long MOST = 31 << 20;

    @TempDir Path folder;

    private static void large(RawService.Call call) throws Exception {
        long length = Long.parseLong(call.head().target().substring(1));
        call.wire().head("HTTP/1.1 200 OK", "Content-Length: " + length);
        if (!call.head().start().startsWith("HEAD")) {
            Content.write(
                    length,
                    (bytes, count) ->
                            call.wire().socket().getOutputStream().write(bytes, 0, count));
        }
    }

    private Rig rig(UnaryOperator<TunnelServerBuilder> more) throws Exception {
        return Rig.start(
                folder,
                "binary",
                CloudRunIT::large,
                server -> more.apply(server.cloudRunService("tunnel").openRegistration()),
                agent -> agent);
    }

    private static String framing(Rig rig, long length) throws Exception {
        try (Wire client = rig.get("/" + length)) {
            Wire.Head answer = client.readAnswer();
            assertEquals(Content.of(length), Content.read(client.body(answer, false)));
            return answer.framing();
        }
    }

    @Test
    void largeAnswersGoOutChunkedAndHeadKeepsItsLength() throws Exception {
        try (Rig rig = rig(server -> server);
                Wire client = rig.client()) {
            assertEquals("chunked", framing(rig, MOST + 1));
            assertEquals(Long.toString(MOST), framing(rig, MOST));
            client.send(rig.requestHead("HEAD", "/" + (MOST + 1)));
            assertEquals(Long.toString(MOST + 1), client.readAnswer().framing());
        }
    }

    @Test
    void aSettingTurnsThatOff() throws Exception {
        try (Rig rig = rig(server -> server.chunkLargeAnswers(false))) {
            assertEquals(Long.toString(MOST + 1), framing(rig, MOST + 1));
        }
    }
}
