package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.signed.Nonce;
import io.cloudtunnel.protocol.signed.SignedSecret;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The probe of docs/protocol.md, section 8.4, with Helidon's WebClient. */
final class Prober {

    private final String agent;
    private final WebClient client;

    Prober(String agent, Duration limit) {
        this.agent = agent;
        this.client = PlainClient.builder(limit).build();
    }

    /**
     * Asks over a connection, which is not used any further.
     *
     * @param shown to whoever stands before the public side
     * @param secret proves who asks, so that it is not sent; null to send it
     * @return empty for an answer that says nothing
     * @throws IOException if none came
     */
    Optional<Presence> probe(
            String publicUrl,
            Credentials with,
            @Nullable SignedSecret secret,
            Fields shown,
            Transport over)
            throws IOException {
        HttpClientRequest request =
                client.get()
                        .uri(URI.create(publicUrl + "/"))
                        .connection(new ControlConnection(over))
                        .protocolId("http/1.1")
                        .header(HeaderNames.USER_AGENT, agent)
                        .header(HeaderNames.create("X-Tunnel-Id"), with.id())
                        .header(HeaderNames.create("Cloudtunnel-Probe"), "1");
        shown.forEach((name, value) -> request.header(HeaderNames.create(name), value));
        if (secret == null) {
            request.header(HeaderNames.AUTHORIZATION, "Bearer " + with.secret());
        } else {
            Nonce nonce = Nonce.random();
            request.header(HeaderNames.create(SignedSecret.CLAIMS_FIELD), secret.claims())
                    .header(HeaderNames.create(Nonce.FIELD), nonce.toString())
                    .header(HeaderNames.create(SignedSecret.PROOF_FIELD), secret.probeProof(nonce));
        }
        try (HttpClientResponse response = request.request()) {
            if (response.status().code() != 204) {
                return Optional.empty(); // an ordinary answer, whatever its fields are
            }
            Fields.Builder fields = Fields.builder();
            response.headers()
                    .forEach(header ->
                            header.allValues().forEach(value -> fields.add(header.name(), value)));
            return understand(fields.build());
        } catch (RuntimeException e) {
            throw new IOException("no answer to a probe", e);
        }
    }

    static Optional<Presence> understand(Fields answer) {
        LinkTerms terms = LinkTerms.of(answer);
        String instance = terms.instance();
        String links = answer.first("Cloudtunnel-Links");
        if (instance == null
                || terms.startedMillis() == 0
                || links == null
                || !links.strip().matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(
                new Presence(instance, terms.startedMillis(), Integer.parseInt(links.strip())));
    }
}
