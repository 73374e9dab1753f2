package io.cloudtunnel.agent.connect;

import io.cloudtunnel.agent.store.Credentials;
import io.cloudtunnel.protocol.frame.Fields;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a 101 of this project's server says besides; docs/protocol.md, section 3. Others say nothing
 * of it.
 *
 * @param instance the server's process; null where it is not known
 * @param startedMillis when that process started, in milliseconds since 1970; 0 where it is not
 *     known
 * @param lifetime after which the link is cut; zero where it is not known, or there is no limit
 * @param publicUrl where the public reaches the tunnel now; null where that is not said
 * @param policies whether it enforces what a hello says of who may use the tunnel
 */
public record LinkTerms(
        @Nullable String instance,
        long startedMillis,
        Duration lifetime,
        @Nullable String publicUrl,
        boolean policies) {

    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    static LinkTerms of(Fields answer) {
        String instance = matching(INSTANCE, answer.first("Cloudtunnel-Instance"));
        String started = matching(MILLIS, answer.first("Cloudtunnel-Started"));
        String lifetime = matching(SECONDS, answer.first("Cloudtunnel-Link-Lifetime"));
        String url = answer.first("Cloudtunnel-Public-Url");
        return new LinkTerms(
                instance,
                started == null ? 0 : Long.parseLong(started),
                Duration.ofSeconds(lifetime == null ? 0 : Long.parseLong(lifetime)),
                url != null && Credentials.isPublicUrl(url.strip()) ? url.strip() : null,
                answer.hasToken("Cloudtunnel-Access", "policy"));
    }

    private static @Nullable String matching(Pattern pattern, @Nullable String value) {
        return value != null && pattern.matcher(value.strip()).matches() ? value.strip() : null;
    }
}
