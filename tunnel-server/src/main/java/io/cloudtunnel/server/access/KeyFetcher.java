package io.cloudtunnel.server.access;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches an issuer's keys. Where an agent names the place, it is not to lead this server to what
 * the agent itself cannot reach: over {@code https}, to public addresses, and nowhere else. Safe
 * for use by several threads.
 *
 * @param trusted whether the operator named the place
 * @param hosts which the operator allows agents to name, in lower case
 * @param inAll how long a fetch takes at most, from the name's lookup to the last byte
 */
record KeyFetcher(boolean trusted, Set<String> hosts, Duration inAll) implements ResourceRetriever {

    /** How long a fetch takes at most, unless a test is in a hurry. */
    static final Duration IN_ALL = Duration.ofSeconds(6);

    private static final int LARGEST = 256 * 1024;
    private static final int LARGEST_OF_AGENTS = 64 * 1024;

    /** Fetches at a time from places that agents name. */
    private static final Semaphore PLACES = new Semaphore(16);

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        boolean free = trusted || hosts.contains(PublicHosts.name(url));
        if (!free && !PLACES.tryAcquire()) {
            throw new IOException("too many places that agents name are asked at the moment");
        }
        FutureTask<Resource> fetch =
                new FutureTask<>(() -> {
                    try {
                        return fetch(url, free);
                    } finally {
                        if (!free) {
                            PLACES.release();
                        }
                    }
                });
        Thread thread = Thread.ofVirtual().name("tunnel-keys").start(fetch);
        try {
            return fetch.get(inAll.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? "failed" : cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("not within " + inAll.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            thread.interrupt(); // it may have come to its end
        }
    }

    /** Ends soon after its thread is interrupted. Redirects lead to where nothing was checked. */
    private Resource fetch(URL url, boolean free) throws IOException, InterruptedException {
        if (!free) {
            check(url);
        }
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(inAll)
                        .executor(task -> Thread.ofVirtual().start(task))
                        .build();
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url.toString()))
                            .header("Accept", "application/json")
                            .build();
            HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode());
            }
            int most = trusted ? LARGEST : LARGEST_OF_AGENTS;
            byte[] body;
            try (InputStream in = answer.body()) {
                body = in.readNBytes(most + 1);
            }
            if (body.length > most) {
                throw new IOException("more than " + most + " bytes");
            }
            return new Resource(new String(body, StandardCharsets.UTF_8), null);
        } finally {
            client.shutdownNow();
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
}
