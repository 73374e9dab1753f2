package io.cloudtunnel.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cloudtunnel.program.PolicyKeys;
import java.nio.charset.StandardCharsets;

/** The policy that an agent asks its server to enforce; docs/access.md. Stateless. */
final class AccessRules {

    private static final int LONGEST = 49_152; // as a hello has room for
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private AccessRules() {}

    /**
     * The policy as it is sent; what it means is for the server to say.
     *
     * @throws IllegalArgumentException if it is no JSON object, or has a key that no policy has; no
     *     value of it is repeated
     */
    static String checked(String json) {
        JsonNode policy;
        try {
            policy = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a JSON object, as docs/access.md has it");
        }
        if (!policy.isObject() || json.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException(
                    "a JSON object of at most " + LONGEST + " bytes, as docs/access.md has it");
        }
        PolicyKeys.check("access", policy.fieldNames(), PolicyKeys.ACCESS);
        PolicyKeys.check("access.jwt", policy.path("jwt").fieldNames(), PolicyKeys.JWT);
        return json;
    }
}
