package io.cloudtunnel.agent.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Fields;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code POST /register}, with Helidon's WebClient. */
final class Registrar {

    private static final int LONGEST_ANSWER_BYTES = 16 * 1024;
    private static final Duration READ_LIMIT = Duration.ofSeconds(20);

    /** What stands in front says with these that the server itself does not answer now. */
    private static final Set<Integer> NOT_THERE = Set.of(429, 502, 503, 504);

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ServerAddress server;
    private final @Nullable String apiKey;
    private final String agent;
    private final OperatorToken token;
    private final WebClient client;

    Registrar(ServerAddress server, @Nullable String apiKey, String agent, OperatorToken token) {
        this.token = token;
        this.server = server;
        this.apiKey = apiKey;
        this.agent = agent;
        this.client =
                WebClient.builder()
                        .readTimeout(READ_LIMIT)
                        .followRedirects(false)
                        .keepAlive(false)
                        .shareConnectionCache(false)
                        .proxy(Proxy.noProxy())
                        .build();
    }

    /**
     * Registers over a connection, which is not used any further.
     *
     * @throws IOException if no answer came that can be understood
     */
    Registered register(@Nullable Credentials old, Transport over) throws IOException {
        HttpClientRequest request =
                client.post()
                        .uri(URI.create(server + "/register"))
                        .connection(new ControlConnection(over))
                        .protocolId("http/1.1") // else it connects once more, to ask by ALPN
                        .header(HeaderNames.USER_AGENT, agent);
        if (apiKey != null) {
            request.header(HeaderNames.AUTHORIZATION, "Bearer " + apiKey);
        }
        String shown = token.value();
        if (shown != null) {
            request.header(HeaderNames.create(OperatorToken.FIELD), shown);
        }
        try (HttpClientResponse response = send(request, old)) {
            return understand(response);
        } catch (RuntimeException e) {
            // WebClient tells by these of a broken connection, and of an answer that is no HTTP.
            throw new IOException("no answer to " + server + "/register: " + reason(e), e);
        }
    }

    /**
     * Asks what the server speaks, without registering anything.
     *
     * @return as {@link Credentials#protocols}; empty where it does not say
     * @throws IOException if no answer came, or only one that says that the server is not there now
     */
    Optional<List<String>> protocols(Transport over) throws IOException {
        HttpClientRequest request =
                client.get()
                        .uri(URI.create(server + "/register"))
                        .connection(new ControlConnection(over))
                        .protocolId("http/1.1")
                        .header(HeaderNames.USER_AGENT, agent);
        try (HttpClientResponse response = request.request()) {
            if (NOT_THERE.contains(response.status().code())) {
                throw new IOException("the server answers " + response.status().code());
            }
            return Optional.ofNullable(protocols(fields(response)));
        } catch (RuntimeException e) {
            throw new IOException("no answer to " + server + "/register: " + reason(e), e);
        }
    }

    /** The pair goes only to a server that knows what to do with it. */
    private static HttpClientResponse send(HttpClientRequest request, @Nullable Credentials old)
            throws IOException {
        if (old == null || !old.inFields()) {
            return request.request();
        }
        byte[] pair = MAPPER.writeValueAsBytes(Map.of("id", old.id(), "secret", old.secret()));
        return request.header(HeaderNames.CONTENT_TYPE, "application/json").submit(pair);
    }

    private Registered understand(HttpClientResponse response) throws IOException {
        Fields fields = fields(response);
        byte[] body;
        try (InputStream in = response.entity().inputStream()) {
            body = in.readNBytes(LONGEST_ANSWER_BYTES);
        }
        int status = response.status().code();
        if (status != 200 && status != 201) {
            return new Registered.Refused(refusal(status, fields, body));
        }
        return new Registered.Done(credentials(fields, body));
    }

    private static Fields fields(HttpClientResponse response) {
        Fields.Builder fields = Fields.builder();
        response.headers()
                .forEach(header ->
                        header.allValues().forEach(value -> fields.add(header.name(), value)));
        return fields.build();
    }

    private Refusal refusal(int status, Fields fields, byte[] body) {
        String location = fields.first("Location");
        String text =
                status / 100 == 3 && location != null
                        ? "the server redirects to " + location + "; give its own URL as --server"
                        : new String(body, StandardCharsets.UTF_8);
        return Refusal.of(status, fields, text, Clock.systemUTC());
    }

    private static Credentials credentials(Fields fields, byte[] body) throws IOException {
        JsonNode answer;
        try {
            answer = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("the server's answer to /register is not JSON"); // no secret
        }
        String url = answer.path("public_url").asText("");
        if (!Credentials.isPublicUrl(url)) {
            throw new IOException("the server's answer to /register has no public_url");
        }
        try {
            return new Credentials(
                    answer.path("id").asText(""),
                    answer.path("secret").asText(""),
                    url,
                    protocols(fields));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the server's answer to /register is not usable: " + e.getMessage(), e);
        }
    }

    private static @Nullable List<String> protocols(Fields fields) {
        return fields.contains("Cloudtunnel-Protocols")
                ? new ArrayList<>(fields.tokens("Cloudtunnel-Protocols"))
                : null;
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Dialer.reason(root);
    }
}
