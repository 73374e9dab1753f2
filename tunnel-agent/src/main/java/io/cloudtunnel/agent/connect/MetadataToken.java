package io.cloudtunnel.agent.connect;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * ID tokens of the machine's service account, from Google's metadata server. One is kept until a
 * while before its end. Safe for use by several threads, of which one asks while others wait.
 */
final class MetadataToken implements IamToken {

    /** Where it is on each machine of Google's. */
    static final String HOST = "metadata.google.internal";

    private static final String PATH =
            "/computeMetadata/v1/instance/service-accounts/default/identity?format=full&audience=";

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration READ_LIMIT = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER_BYTES = 16 * 1024;

    /** From here on another one is asked for; until its end the one before still does. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Kept(String token, Instant end) {}

    private final String host;
    private final String audience;
    private final Clock clock;
    private final WebClient client;
    private final ReentrantLock asking = new ReentrantLock(); // held over the call
    private @Nullable Kept kept; // guarded by it

    /**
     * Tokens for this audience.
     *
     * @param host of the metadata server, with its port if that is not 80
     */
    MetadataToken(String host, String audience, Clock clock) {
        this.host = host;
        this.audience = audience;
        this.clock = clock;
        this.client = PlainClient.builder(READ_LIMIT).connectTimeout(CONNECT_LIMIT).build();
    }

    @Override
    public String value() throws IOException {
        asking.lock();
        try {
            Instant now = clock.instant();
            Kept before = kept;
            if (before != null && now.isBefore(before.end().minus(AHEAD))) {
                return "Bearer " + before.token();
            }
            try {
                Kept next = ask();
                kept = next;
                return "Bearer " + next.token();
            } catch (IOException e) {
                if (before != null && now.isBefore(before.end())) {
                    return "Bearer " + before.token();
                }
                throw e;
            }
        } finally {
            asking.unlock();
        }
    }

    private Kept ask() throws IOException {
        String url = "http://" + host + PATH + URLEncoder.encode(audience, StandardCharsets.UTF_8);
        try (HttpClientResponse response =
                client.get()
                        .uri(URI.create(url))
                        .protocolId("http/1.1")
                        .header(HeaderNames.create("Metadata-Flavor"), "Google")
                        .request()) {
            if (response.status().code() != 200) {
                throw new IOException(
                        "the metadata server "
                                + host
                                + " gives no ID token: it answers "
                                + response.status().code());
            }
            byte[] body;
            try (InputStream in = response.entity().inputStream()) {
                body = in.readNBytes(LONGEST_ANSWER_BYTES);
            }
            return understand(new String(body, StandardCharsets.ISO_8859_1).strip());
        } catch (RuntimeException e) { // by which WebClient tells that no answer came
            throw new IOException(
                    "no answer from the metadata server "
                            + host
                            + ", which is on Google's machines only; elsewhere give --iam-token a"
                            + " file with a token",
                    e);
        }
    }

    /** The second part says how long it counts (RFC 7519); who checks it is the platform. */
    private Kept understand(String token) throws IOException {
        String[] parts = token.split("\\.", -1);
        if (parts.length == 3 && TokenFile.isToken(token)) {
            try {
                byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
                long end = MAPPER.readTree(claims).path("exp").asLong();
                if (end > 0) {
                    return new Kept(token, Instant.ofEpochSecond(end));
                }
            } catch (IllegalArgumentException | IOException e) { // whose text may have some of it
                throw noToken();
            }
        }
        throw noToken();
    }

    private IOException noToken() {
        return new IOException("the metadata server " + host + " answers with no ID token");
    }
}
