package io.cloudtunnel.it;

import io.cloudtunnel.server.relay.servers.Installed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** lighttpd as a local service: files, CGI and whatever else its modules offer. */
record Lighttpd(int port, Programs program) implements AutoCloseable {

    /**
     * Starts one and waits until it listens.
     *
     * @param root what it serves; its own files lie beside it
     * @param modules what it needs for that
     * @param more lines of its configuration
     */
    static Lighttpd start(Path root, List<String> modules, String... more) throws Exception {
        String program = Installed.need("lighttpd");
        Path own = Files.createTempDirectory(root.getParent(), "lighttpd");
        int port = freePort();
        String configuration =
                """
                server.modules = ( %s )
                server.bind = "127.0.0.1"
                server.port = %d
                server.document-root = "%s"
                server.upload-dirs = ( "%s" )
                mimetype.assign = ( ".txt" => "text/plain", "" => "application/octet-stream" )
                """
                        .formatted(listed(modules), port, root, own);
        Path file = own.resolve("lighttpd.conf");
        Files.writeString(file, configuration + String.join("\n", more) + "\n");
        Programs started =
                Programs.start(own, List.of(program, "-D", "-f", file.toString()), Map.of());
        String line =
                started.await("start", text -> text.contains("server started") || isMissing(text));
        if (isMissing(line)) {
            started.close();
            Installed.missing(line);
        }
        return new Lighttpd(port, started);
    }

    /** Some of its modules are packages of their own. */
    private static boolean isMissing(String line) {
        return line.contains("dlopen() failed");
    }

    private static String listed(List<String> modules) {
        return '"' + String.join("\", \"", modules) + '"';
    }

    /** It can be told no port 0. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
