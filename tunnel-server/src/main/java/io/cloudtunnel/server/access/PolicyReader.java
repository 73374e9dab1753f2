package io.cloudtunnel.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWSAlgorithm;
import io.cloudtunnel.program.PasswordHash;
import io.cloudtunnel.program.PolicyKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From a policy's JSON form to what it means. What is not understood is an error. Stateless. */
final class PolicyReader {

    private static final int LONGEST_PROBLEM = 300;
    private static final int MOST_BLOCKS = 1000;
    private static final int MOST_USERS = 100;
    private static final int MOST_VALUES = 100;
    private static final int LONGEST_SKEW_SECONDS = 300;
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** Not one whose key would also make signatures, and none that needs another library. */
    private static final List<String> ALGORITHMS =
            List.of(
                    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                    "ES512");

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private PolicyReader() {}

    /**
     * Reads a policy.
     *
     * @throws IllegalArgumentException if it is none; the message names the key and the problem,
     *     and repeats no secret
     */
    static AccessPolicy read(String text) {
        try {
            return policy(text);
        } catch (IllegalArgumentException e) { // it may repeat what an agent has said
            String said = String.valueOf(e.getMessage()).replaceAll("[^ -~]", "?");
            throw new IllegalArgumentException(
                    said.length() > LONGEST_PROBLEM ? said.substring(0, LONGEST_PROBLEM) : said);
        }
    }

    private static AccessPolicy policy(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("access: not one JSON object with each key once");
        }
        known("access", root, PolicyKeys.ACCESS);
        JsonNode jwt = root.get("jwt");
        return new AccessPolicy(
                blocks(root, "allow"),
                blocks(root, "deny"),
                users(root),
                jwt == null ? null : rule(jwt),
                flag(root));
    }

    private static void known(String where, @Nullable JsonNode node, List<String> keys) {
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException(where + ": it must be an object with keys");
        }
        PolicyKeys.check(where, node.fieldNames(), keys);
    }

    private static List<AddressBlock> blocks(JsonNode root, String name) {
        List<AddressBlock> blocks = new ArrayList<>();
        JsonNode given = root.get(name);
        if (given == null) {
            return blocks;
        }
        for (String text : texts("access." + name, given, MOST_BLOCKS)) {
            try {
                blocks.add(AddressBlock.parse(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("access." + name + ": " + e.getMessage());
            }
        }
        return blocks;
    }

    private static Map<String, PasswordHash> users(JsonNode root) {
        Map<String, PasswordHash> users = new LinkedHashMap<>();
        JsonNode given = root.get("basic");
        if (given == null) {
            return users;
        }
        sized("access.basic", given, given.isObject(), MOST_USERS, "an object, name to hash");
        for (Map.Entry<String, JsonNode> user : given.properties()) {
            if (user.getKey().isEmpty() || user.getKey().contains(":")) {
                throw new IllegalArgumentException("access.basic: a name that is empty or has a :");
            }
            try {
                users.put(user.getKey(), PasswordHash.parse(user.getValue().asText("")));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("access.basic: " + e.getMessage());
            }
        }
        return users;
    }

    private static JwtRule rule(JsonNode jwt) {
        known("access.jwt", jwt, PolicyKeys.JWT);
        JsonNode audience = jwt.get("audience");
        JsonNode algorithms = jwt.get("algorithms");
        return new JwtRule(
                text(jwt, "issuer"),
                audience == null
                        ? Set.of()
                        : new LinkedHashSet<>(texts("access.jwt.audience", audience, MOST_VALUES)),
                url(text(jwt, "jwks")),
                claims(jwt.get("claims")),
                algorithms(
                        algorithms == null
                                ? ALGORITHMS
                                : texts("access.jwt.algorithms", algorithms, ALGORITHMS.size())),
                skew(jwt.get("skew")));
    }

    private static String text(JsonNode jwt, String name) {
        JsonNode value = jwt.get(name);
        if (value == null || !value.isTextual() || value.asText().isBlank()) {
            throw new IllegalArgumentException("access.jwt." + name + ": it must be a text");
        }
        return value.asText();
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text);
            boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (http && url.getHost() != null && url.getUserInfo() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("access.jwt.jwks: it must be a URL");
        }
        throw new IllegalArgumentException("access.jwt.jwks: it must be an http or https URL");
    }

    private static Map<String, List<String>> claims(@Nullable JsonNode given) {
        Map<String, List<String>> claims = new LinkedHashMap<>();
        if (given == null) {
            return claims;
        }
        sized("access.jwt.claims", given, given.isObject(), MOST_VALUES, "an object");
        for (Map.Entry<String, JsonNode> claim : given.properties()) {
            claims.put(
                    claim.getKey(),
                    texts("access.jwt.claims." + claim.getKey(), claim.getValue(), MOST_VALUES));
        }
        return claims;
    }

    private static Set<JWSAlgorithm> algorithms(List<String> names) {
        Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
        for (String name : names) {
            if (!ALGORITHMS.contains(name)) {
                throw new IllegalArgumentException(
                        "access.jwt.algorithms: they must be among " + ALGORITHMS);
            }
            algorithms.add(new JWSAlgorithm(name));
        }
        return algorithms;
    }

    private static Duration skew(@Nullable JsonNode given) {
        if (given == null) {
            return SKEW;
        }
        if (!given.isInt() || given.asInt() < 0 || given.asInt() > LONGEST_SKEW_SECONDS) {
            throw new IllegalArgumentException(
                    "access.jwt.skew: it must be a number of seconds from 0 to "
                            + LONGEST_SKEW_SECONDS);
        }
        return Duration.ofSeconds(given.asInt());
    }

    private static boolean flag(JsonNode root) {
        JsonNode given = root.get("forward-credentials");
        if (given != null && !given.isBoolean()) {
            throw new IllegalArgumentException(
                    "access.forward-credentials: it must be true or false");
        }
        return given != null && given.asBoolean();
    }

    /** A value, or a list of values; not an empty one, which says nothing or everything. */
    private static List<String> texts(String where, JsonNode given, int most) {
        if (isValue(given)) {
            return List.of(given.asText());
        }
        sized(where, given, given.isArray(), most, "a value, or a list of values");
        List<String> texts = new ArrayList<>();
        for (JsonNode each : given) {
            if (!isValue(each)) {
                throw new IllegalArgumentException(where + ": an entry that is no value");
            }
            texts.add(each.asText());
        }
        return texts;
    }

    private static boolean isValue(JsonNode node) {
        return (node.isTextual() && !node.asText().isEmpty())
                || node.isBoolean()
                || node.isIntegralNumber();
    }

    private static void sized(
            String where, JsonNode given, boolean rightKind, int most, String expected) {
        if (!rightKind || given.isEmpty() || given.size() > most) {
            throw new IllegalArgumentException(
                    where + ": it must be " + expected + ", of 1 to " + most);
        }
    }
}
