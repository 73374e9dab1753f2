package io.cloudtunnel.agent.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form of the credentials' file; members that are not known stay as they are. */
final class Entries {

    static final String LIST = "tunnels";

    private static final String PREVIOUS = "previous";
    private static final String PROTOCOLS = "protocols";
    private static final String SINCE = "since";

    private static final long LATEST = 1L << 40; // of seconds

    private Entries() {}

    static @Nullable ObjectNode find(ObjectNode root, String server, String name) {
        for (JsonNode entry : root.withArray(LIST)) {
            if (entry instanceof ObjectNode object
                    && entry.path("server").asText().equals(server)
                    && entry.path("name").asText().equals(name)) {
                return object;
            }
        }
        return null;
    }

    static void put(
            ObjectNode root, String server, String name, Credentials credentials, Instant now) {
        ObjectNode entry = find(root, server, name);
        if (entry == null) {
            entry = root.withArray(LIST).addObject();
            entry.put("server", server).put("name", name);
        } else if (!entry.path("id").asText().equals(credentials.id())) {
            ObjectNode old = entry.deepCopy();
            old.remove(List.of("server", "name", PREVIOUS));
            entry.set(PREVIOUS, old);
        }
        if (!entry.path("secret").asText().equals(credentials.secret()) || since(entry) == null) {
            entry.put(SINCE, now.getEpochSecond());
        }
        entry.put("id", credentials.id()).put("secret", credentials.secret());
        entry.put("public_url", credentials.publicUrl());
        List<String> protocols = credentials.protocols();
        if (protocols == null) {
            entry.putNull(PROTOCOLS);
        } else {
            ArrayNode list = entry.putArray(PROTOCOLS);
            protocols.forEach(list::add);
        }
    }

    /** Since when the secret is there; null where that is not known. */
    static @Nullable Instant since(ObjectNode entry) {
        JsonNode since = entry.path(SINCE);
        return since.isIntegralNumber() && since.longValue() >= 0 && since.longValue() < LATEST
                ? Instant.ofEpochSecond(since.longValue())
                : null;
    }

    static Credentials decode(ObjectNode entry, Path file) throws IOException {
        JsonNode url = entry.path("public_url");
        try {
            return new Credentials(
                    entry.path("id").asText(),
                    entry.path("secret").asText(),
                    url.isTextual() ? url.asText() : null,
                    protocols(entry.path(PROTOCOLS)));
        } catch (IllegalArgumentException e) {
            throw new IOException("an entry of " + file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static @Nullable List<String> protocols(JsonNode node) {
        if (!node.isArray()) {
            return null;
        }
        List<String> protocols = new ArrayList<>();
        node.forEach(each -> protocols.add(each.asText()));
        return protocols;
    }
}
