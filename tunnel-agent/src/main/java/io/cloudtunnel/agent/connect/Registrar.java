package io.cloudtunnel.agent.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Fields;
import io.helidon.http.Method;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Gets credentials: {@code POST /register}, and {@code POST /tunnels/{id}/rotate}. */
final class Registrar {

    private static final String REGISTER = "/register";

    /** By which what stands in front answers itself: nothing is learned of the server. */
    private static final Set<Integer> OF_OTHERS = Set.of(401, 403, 407, 408, 425, 429);

    /** What a segment of a path may hold as it is (RFC 3986, section 2.3). */
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]+");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ControlClient client;
    private final @Nullable String apiKey;
    private final String name;

    Registrar(ControlClient client, @Nullable String apiKey, String name) {
        this.client = client;
        this.apiKey = apiKey;
        this.name = name;
    }

    /**
     * Registers over a connection, which is not used any further.
     *
     * @param old is restored if the server can; it goes only to one that knows what to do with it
     * @param named whether the server knows what to do with a name
     * @throws IOException if no answer came that can be understood
     */
    Registered register(@Nullable Credentials old, boolean named, Transport over)
            throws IOException {
        Map<String, String> members = new HashMap<>();
        if (old != null && old.inFields()) {
            members.put("id", old.id());
            members.put("secret", old.secret());
        }
        String wanted = named ? ChosenName.of(name) : null;
        if (wanted != null) {
            members.put("name", wanted);
        }
        String body = members.isEmpty() ? null : MAPPER.writeValueAsString(members);
        ControlClient.Answer answer =
                client.ask(new ControlClient.Question(Method.POST, REGISTER, apiKey, body), over);
        Registered registered = understand(answer);
        if (wanted != null && registered instanceof Registered.Done) {
            ChosenName.compare(wanted, MAPPER.readTree(answer.body()));
        }
        return registered;
    }

    /**
     * Has the secret replaced by the next one; the same goes for the connection.
     *
     * @throws IOException if no answer came that can be understood: it may have been done
     */
    Registered rotate(Credentials old, Transport over) throws IOException {
        if (!UNRESERVED.matcher(old.id()).matches()) {
            throw new IOException("a tunnel with an id of this form cannot be rotated");
        }
        String path = "/tunnels/" + old.id() + "/rotate";
        Registered next =
                understand(
                        client.ask(
                                new ControlClient.Question(Method.POST, path, old.secret(), null),
                                over));
        return next instanceof Registered.Done done
                ? new Registered.Done(done.credentials().spokenTo(old.protocols()))
                : next;
    }

    /**
     * Asks what the server speaks, without registering anything.
     *
     * @return as {@link Credentials#protocols}; empty where it does not say
     * @throws IOException if no answer came, or one that is hardly the server's
     */
    Optional<List<String>> protocols(Transport over) throws IOException {
        ControlClient.Answer answer =
                client.ask(new ControlClient.Question(Method.GET, REGISTER, null, null), over);
        List<String> said = protocols(answer.fields());
        int status = answer.status();
        if (said == null && (status >= 500 || status / 100 == 3 || OF_OTHERS.contains(status))) {
            throw new IOException("the server answers " + answer.refusal().describe());
        }
        return Optional.ofNullable(said);
    }

    private static Registered understand(ControlClient.Answer answer) throws IOException {
        return answer.status() == 200 || answer.status() == 201
                ? new Registered.Done(credentials(answer))
                : new Registered.Refused(answer.refusal());
    }

    private static Credentials credentials(ControlClient.Answer answer) throws IOException {
        String what = "the server's answer to " + answer.path();
        JsonNode json;
        try {
            json = MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new IOException(what + " is not JSON"); // no secret
        }
        String url = json.path("public_url").asText("");
        if (!Credentials.isPublicUrl(url)) {
            throw new IOException(what + " has no public_url");
        }
        try {
            return new Credentials(
                    json.path("id").asText(""),
                    json.path("secret").asText(""),
                    url,
                    protocols(answer.fields()));
        } catch (IllegalArgumentException e) {
            throw new IOException(what + " is not usable: " + e.getMessage(), e);
        }
    }

    private static @Nullable List<String> protocols(Fields fields) {
        return fields.contains("Cloudtunnel-Protocols")
                ? new ArrayList<>(fields.tokens("Cloudtunnel-Protocols"))
                : null;
    }
}
