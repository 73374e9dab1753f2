package io.cloudtunnel.it;

import io.cloudtunnel.server.TunnelServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the commands of the docs find when they are run: a clone, a free port to listen on, and
 * under the names of servers that the docs have a server that gives anybody a tunnel. The names
 * lead to it since the environment names a proxy, which is the test's.
 */
final class DocsStage implements AutoCloseable {

    /** The names of servers in the docs. */
    private static final List<String> NAMES =
            List.of("tunnel.example.com", "tunnel-abcdefghij-ew.a.run.app");

    private final Path folder;
    private final TunnelServer server;
    private final NamesProxy proxy;

    DocsStage(Path folder) throws Exception {
        this.folder = folder;
        server =
                TunnelServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .openRegistration()
                        .publicBaseUrl(URI.create("https://tunnel.example.com"))
                        .start();
        proxy = new NamesProxy(folder, NAMES, server.port());
    }

    /** Besides what the test itself has. */
    Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("PORT", Integer.toString(Lighttpd.freePort()));
        environment.put("XDG_CONFIG_HOME", folder.resolve(".config").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve(".cache").toString());
        environment.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());
        environment.put("TUNNEL_SERVER_CA", proxy.authority().toString());
        return environment;
    }

    /**
     * A folder like the repository's.
     *
     * @param whole a copy with all that was built, in which Maven may be run; else its folders are
     *     links to the real ones
     */
    Path clone(boolean whole) throws Exception {
        Path clone = Files.createTempDirectory(folder, "clone");
        Path root = Markdown.root();
        if (whole) {
            Programs.run(
                    clone,
                    List.of(
                            "sh",
                            "-c",
                            "tar -C '" + root + "' --exclude=./.git -cf - . | tar -xpf -"),
                    Map.of());
            return clone;
        }
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                Path here = clone.resolve(entry.getFileName());
                if (Files.isDirectory(entry)) {
                    if (!entry.endsWith(".tunnel")) { // a key that the commands make anew
                        Files.createSymbolicLink(here, entry);
                    }
                } else {
                    // ./tunnel looks at its time, which a link has anew.
                    Files.copy(entry, here, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        return clone;
    }

    /** Takes the links away, so that nobody who deletes the folder can follow them. */
    void leave(Path clone) throws IOException {
        try (Stream<Path> entries = Files.list(clone)) {
            for (Path entry : entries.filter(Files::isSymbolicLink).toList()) {
                Files.delete(entry);
            }
        }
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        server.close();
    }
}
