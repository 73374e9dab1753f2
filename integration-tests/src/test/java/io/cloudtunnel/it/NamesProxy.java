package io.cloudtunnel.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A proxy (RFC 9110, section 9.3.6) by which some names lead to a server of this machine, as if it
 * had certificates for them: it takes {@code CONNECT}, and then ends TLS itself.
 */
final class NamesProxy implements Closeable {

    private static final String PASSWORD = "changeit";
    private static final int LONGEST_HEAD = 8192;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> names;
    private final int server;
    private final SSLContext tls;
    private final Path authority;

    NamesProxy(Path folder, List<String> names, int server) throws Exception {
        this.names = names;
        this.server = server;
        Path store = folder.resolve("names.p12");
        authority = folder.resolve("names.pem");
        keytool(
                folder,
                store,
                List.of(
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + names.getFirst(),
                        "-ext",
                        names.stream()
                                .map(n -> "DNS:" + n)
                                .collect(Collectors.joining(",", "SAN=", ""))));
        keytool(folder, store, List.of("-exportcert", "-rfc", "-file", authority.toString()));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, PASSWORD.toCharArray());
        tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        Thread.ofVirtual().start(this::accept);
    }

    private static void keytool(Path folder, Path store, List<String> command) throws Exception {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        all.addAll(command);
        all.addAll(List.of("-alias", "names", "-keystore", store.toString()));
        all.addAll(List.of("-storepass", PASSWORD));
        Programs.run(folder, all, Map.of());
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The certificate, which is its own authority, in PEM. */
    Path authority() {
        return authority;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket there = new Socket(InetAddress.getLoopbackAddress(), server)) {
            String[] words = head(client.getInputStream()).split(" ", 3);
            if (!words[0].equals("CONNECT") || !names.contains(words[1].replace(":443", ""))) {
                client.getOutputStream()
                        .write(ascii("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
                return;
            }
            client.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\n\r\n"));
            try (SSLSocket secured =
                    (SSLSocket)
                            tls.getSocketFactory().createSocket(client, (InputStream) null, true)) {
                Thread back = Thread.ofVirtual().start(() -> pump(there, secured));
                pump(secured, there);
                back.join();
            }
        } catch (IOException e) {
            // Whoever it was for has noticed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Closing both ends tells the other direction.
        }
    }

    /** Up to the empty line; one byte at a time, since TLS follows. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() > LONGEST_HEAD) {
                throw new IOException("no head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
