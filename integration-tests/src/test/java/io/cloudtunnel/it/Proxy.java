package io.cloudtunnel.it;

import io.cloudtunnel.server.relay.servers.Certificate;
import io.cloudtunnel.server.relay.servers.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx or Caddy in front of a server, with the files of deploy/proxies. */
record Proxy(int port, Programs program) implements AutoCloseable {

    private static final Path FILES = Path.of("..", "deploy", "proxies");

    /** With the file's name, port, certificate and server replaced by those of the test. */
    static Proxy nginx(Path folder, Certificate certificate, int server) throws Exception {
        String program = Installed.need("nginx");
        int port = Lighttpd.freePort();
        String written =
                replaced("nginx.conf", "listen 443 ssl", "listen 127.0.0.1:" + port + " ssl")
                        .replace("127.0.0.1:8080", "127.0.0.1:" + server)
                        .replace("server_name tunnel.example.com", "server_name localhost")
                        .replaceAll("/etc/ssl/certs/\\S+;", certificate.chain() + ";")
                        .replaceAll("/etc/ssl/private/\\S+;", certificate.key() + ";");
        Path own = Files.createDirectory(folder.resolve("nginx"));
        Path file = own.resolve("nginx.conf");
        Files.writeString(
                file,
                """
                daemon off;
                worker_processes 1;
                pid %1$s/pid;
                error_log stderr notice;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    %2$s
                }
                """
                        .formatted(own, written));
        List<String> command =
                List.of(program, "-p", own.toString(), "-e", "stderr", "-c", file.toString());
        Programs started = Programs.start(own, command, Map.of());
        started.await("start", line -> line.contains("start worker processes"));
        return new Proxy(port, started);
    }

    static Proxy caddy(Path folder, Certificate certificate, int server) throws Exception {
        String program = Installed.need("caddy");
        int port = Lighttpd.freePort();
        String site =
                "https://localhost:%d {\n\tbind 127.0.0.1\n\ttls %s %s\n"
                        .formatted(port, certificate.chain(), certificate.key());
        String written =
                replaced("Caddyfile", "tunnel.example.com {\n", site)
                        .replace("127.0.0.1:8080", "127.0.0.1:" + server);
        Path own = Files.createDirectory(folder.resolve("caddy"));
        Path file = own.resolve("Caddyfile");
        Files.writeString(
                file,
                "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni localhost\n}\n"
                        + written);
        Programs started =
                Programs.start(
                        own,
                        List.of(
                                program,
                                "run",
                                "--adapter",
                                "caddyfile",
                                "--config",
                                file.toString()),
                        Map.of("XDG_DATA_HOME", own.toString(), "XDG_CONFIG_HOME", own.toString()));
        started.await("start", line -> line.contains("serving initial configuration"));
        return new Proxy(port, started);
    }

    private static String replaced(String name, String from, String to) throws IOException {
        String text = Files.readString(FILES.resolve(name));
        if (!text.contains(from)) {
            throw new AssertionError(name + " does not say " + from);
        }
        return text.replace(from, to);
    }

    /** SIGTERM: nginx has a process besides, which it takes along. */
    @Override
    public void close() {
        program.terminate();
        try {
            program.awaitExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            program.close();
        }
    }
}
