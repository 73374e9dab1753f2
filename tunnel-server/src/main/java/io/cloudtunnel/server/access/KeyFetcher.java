package io.cloudtunnel.server.access;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Fetches an issuer's keys. Where an agent names the place, it is not to lead this server to what
 * the agent itself cannot reach: over {@code https}, to public addresses, and nowhere else. Safe
 * for use by several threads.
 *
 * @param trusted whether the operator named the place
 * @param hosts which the operator allows agents to name, in lower case
 */
record KeyFetcher(boolean trusted, Set<String> hosts) implements ResourceRetriever {

    private static final int TIMEOUT_MILLIS = 3000;
    private static final Duration IN_ALL = Duration.ofSeconds(6);
    private static final int LARGEST = 256 * 1024;

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        if (!trusted && !hosts.contains(PublicHosts.name(url))) {
            check(url);
        }
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false); // to where nothing was checked
        connection.setRequestProperty("Accept", "application/json");
        connection.setUseCaches(false);
        try {
            if (connection.getResponseCode() != 200) {
                throw new IOException("status " + connection.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                return new Resource(read(in), connection.getContentType());
            }
        } finally {
            connection.disconnect();
        }
    }

    private static void check(URL url) throws IOException {
        if (!url.getProtocol().equals("https")) {
            throw new IOException("an agent may name https only");
        }
        for (InetAddress address : InetAddress.getAllByName(PublicHosts.name(url))) {
            if (!PublicHosts.isPublic(address)) {
                throw new IOException("an agent may name public addresses only");
            }
        }
    }

    private static String read(InputStream in) throws IOException {
        long end = System.nanoTime() + IN_ALL.toNanos();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        int count = in.read(piece);
        while (count >= 0) {
            all.write(piece, 0, count);
            if (all.size() > LARGEST) {
                throw new IOException("more than " + LARGEST + " bytes");
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        "not within " + TimeUnit.NANOSECONDS.toSeconds(IN_ALL.toNanos()) + " s");
            }
            count = in.read(piece);
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
