package io.cloudtunnel.agent.connect;

import io.cloudtunnel.protocol.frame.Fields;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks of the server besides links, with Helidon's WebClient; each time over a
 * connection of its own. Safe for use by several threads.
 */
final class ControlClient {

    private static final int LONGEST_ANSWER_BYTES = 16 * 1024;
    private static final Duration READ_LIMIT = Duration.ofSeconds(20);

    private final ServerAddress server;
    private final String agent;
    private final Passes passes;
    private final WebClient client;

    /**
     * Asks this server.
     *
     * @param agent the {@code User-Agent}
     * @param passes what is shown to those who let agents through
     */
    ControlClient(ServerAddress server, String agent, Passes passes) {
        this.server = server;
        this.agent = agent;
        this.passes = passes;
        this.client = PlainClient.builder(READ_LIMIT).build();
    }

    /**
     * A question.
     *
     * @param path below the server's URL
     * @param bearer what {@code Authorization} shows; null for nothing
     * @param json the body; null for none
     */
    record Question(Method method, String path, @Nullable String bearer, @Nullable String json) {}

    /**
     * An answer, of whose body at most 16 KiB are kept.
     *
     * @param path what was asked for
     */
    record Answer(String path, int status, Fields fields, String body) {

        /** The answer as one that is not what was asked for. */
        Refusal refusal() {
            String location = fields.first("Location");
            String text =
                    status / 100 == 3 && location != null
                            ? "the server redirects to "
                                    + location
                                    + "; give its own URL as --server"
                            : body;
            return Refusal.of(status, fields, text, Clock.systemUTC());
        }
    }

    /**
     * Asks over a connection, which is not used any further.
     *
     * @throws IOException if no answer came that is HTTP
     */
    Answer ask(Question question, Transport over) throws IOException {
        HttpClientRequest request =
                client.method(question.method())
                        .uri(URI.create(server + question.path()))
                        .connection(new ControlConnection(over))
                        .protocolId("http/1.1") // else it connects once more, to ask by ALPN
                        .header(HeaderNames.USER_AGENT, agent);
        if (question.bearer() != null) {
            request.header(HeaderNames.AUTHORIZATION, "Bearer " + question.bearer());
        }
        passes.all().forEach((name, value) -> request.header(HeaderNames.create(name), value));
        try (HttpClientResponse response = send(request, question.json());
                InputStream in = response.entity().inputStream()) {
            return new Answer(
                    question.path(),
                    response.status().code(),
                    fields(response),
                    new String(in.readNBytes(LONGEST_ANSWER_BYTES), StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            // WebClient tells by these of a broken connection, and of an answer that is no HTTP.
            throw new IOException("no answer to " + server + question.path() + ": " + reason(e), e);
        }
    }

    private static HttpClientResponse send(HttpClientRequest request, @Nullable String json) {
        return json == null
                ? request.request()
                : request.header(HeaderNames.CONTENT_TYPE, "application/json").submit(json);
    }

    private static Fields fields(HttpClientResponse response) {
        Fields.Builder fields = Fields.builder();
        response.headers()
                .forEach(header ->
                        header.allValues().forEach(value -> fields.add(header.name(), value)));
        return fields.build();
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Dialer.reason(root);
    }
}
