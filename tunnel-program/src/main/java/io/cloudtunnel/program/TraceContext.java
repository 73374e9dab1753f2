package io.cloudtunnel.program;

import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, as its client says.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 of them; null where it is not known
 * @param sampled whether somebody records it
 */
public record TraceContext(String traceId, @Nullable String spanId, boolean sampled) {

    private static final Pattern TRACEPARENT =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})"
                            + "-([0-9a-f]{2})(-.*)?");
    private static final Pattern CLOUD =
            Pattern.compile("(?!0{32})([0-9a-f]{32})(?:/(\\d{1,20}))?(?:;o=(\\d))?");

    /**
     * What these fields say; null if it is nothing.
     *
     * @param traceparent of W3C Trace Context, which counts first
     * @param cloud {@code X-Cloud-Trace-Context} of Google Cloud
     */
    public static @Nullable TraceContext of(@Nullable String traceparent, @Nullable String cloud) {
        Matcher w3c = TRACEPARENT.matcher(traceparent == null ? "" : traceparent.strip());
        if (w3c.matches()) {
            boolean sampled = (Integer.parseInt(w3c.group(3), 16) & 1) != 0;
            return new TraceContext(w3c.group(1), w3c.group(2), sampled);
        }
        Matcher google = CLOUD.matcher(cloud == null ? "" : cloud.strip());
        return google.matches()
                ? new TraceContext(
                        google.group(1), span(google.group(2)), "1".equals(google.group(3)))
                : null;
    }

    private static @Nullable String span(@Nullable String decimal) {
        try {
            return decimal == null
                    ? null
                    : HexFormat.of().toHexDigits(Long.parseUnsignedLong(decimal));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * Adds what Cloud Logging knows it by.
     *
     * @param project that the trace is kept in; null where that is not known
     */
    public void members(JsonMembers json, @Nullable String project) {
        json.add(
                "logging.googleapis.com/trace",
                project == null ? traceId : "projects/" + project + "/traces/" + traceId);
        if (spanId != null) {
            json.add("logging.googleapis.com/spanId", spanId);
        }
        json.add("logging.googleapis.com/trace_sampled", sampled);
    }
}
