package io.cloudtunnel.agent.connect;

import io.cloudtunnel.protocol.frame.Fields;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the server, or of something before it, that is not what was asked for.
 *
 * @param status the status
 * @param error the value of {@code Cloudtunnel-Error}; null where the answer is not the server's
 * @param retryAfter how long to wait at least; null where the answer does not say
 * @param text the body, for people: printable, without line ends at its end
 */
public record Refusal(
        int status, @Nullable String error, @Nullable Duration retryAfter, String text) {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int LONGEST_TEXT = 4096;

    /** What docs/protocol.md, section 2, calls final; it counts with a 4xx only. */
    private static final Set<String> FINAL =
            Set.of(
                    "registration-closed",
                    "bad-access",
                    "bad-name",
                    "name-taken",
                    "too-many-tunnels",
                    "bad-api-key",
                    "bad-request",
                    "body-too-large",
                    "signed-required");

    /** A refusal from an answer's parts. */
    static Refusal of(int status, Fields fields, String body, Clock clock) {
        String error = fields.first("Cloudtunnel-Error");
        return new Refusal(
                status,
                error == null ? null : printable(error.strip()),
                retryAfter(fields.first("Retry-After"), clock),
                printable(body));
    }

    /** Whether to try again is pointless until somebody changes something. */
    public boolean isFinal() {
        return status / 100 == 4 && error != null && FINAL.contains(error);
    }

    /** Whether the server takes signed links only. */
    public boolean wantsSigned() {
        return status == 403 && "signed-required".equals(error);
    }

    /** A sentence for the log. */
    public String describe() {
        String who = error == null ? "" : " (" + error + ")";
        return "status " + status + who + (text.isEmpty() ? "" : ": " + text);
    }

    /** Seconds or a date (RFC 9110, section 10.2.3), at most an hour. */
    private static @Nullable Duration retryAfter(@Nullable String value, Clock clock) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        Duration wait;
        if (text.matches("\\d{1,9}")) {
            wait = Duration.ofSeconds(Long.parseLong(text));
        } else {
            try {
                var date =
                        ZonedDateTime.parse(
                                text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.US));
                wait = Duration.between(clock.instant(), date.toInstant());
            } catch (DateTimeException e) {
                return null;
            }
        }
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    /** Nothing that a terminal would obey. */
    private static String printable(String text) {
        String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
        return cut.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "").strip();
    }
}
