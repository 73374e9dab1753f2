package io.cloudtunnel.program;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of OpenTelemetry that decide whether there are traces, and those that are wanted
 * most. The others are known to its SDK only, which reads them from the environment by itself.
 */
final class TraceOptions {

    private static final Option DISABLED = option("OTEL_SDK_DISABLED", "true|false");
    private static final Option EXPORTER = option("OTEL_TRACES_EXPORTER", "otlp|none");
    private static final Option ENDPOINT = option("OTEL_EXPORTER_OTLP_ENDPOINT", "URL");
    private static final Option TRACES_ENDPOINT =
            option("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "URL");

    static final List<Option> ALL =
            List.of(
                    DISABLED,
                    EXPORTER,
                    ENDPOINT,
                    TRACES_ENDPOINT,
                    option("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                    Option.secret(
                                    "otel-exporter-otlp-headers",
                                    "OTEL_EXPORTER_OTLP_HEADERS",
                                    "NAME=VALUE,...",
                                    "Fields of the requests to the receiver of traces.")
                            .withoutFlag(),
                    option("OTEL_SERVICE_NAME", "NAME"),
                    option("OTEL_RESOURCE_ATTRIBUTES", "NAME=VALUE,..."),
                    option("OTEL_TRACES_SAMPLER", "NAME"),
                    option("OTEL_TRACES_SAMPLER_ARG", "VALUE"));

    private TraceOptions() {}

    private static Option option(String environment, String value) {
        String key = environment.toLowerCase(Locale.ROOT).replace('_', '-');
        return Option.of(key, environment, value, "As OpenTelemetry has it.").withoutFlag();
    }

    /** What the settings say of traces; null if there are to be none. */
    static @Nullable Tracing of(Settings settings) {
        if (settings.flag(DISABLED, false)) {
            return null;
        }
        String exporter = settings.text(EXPORTER);
        boolean wanted =
                exporter == null
                        ? settings.text(ENDPOINT) != null || settings.text(TRACES_ENDPOINT) != null
                        : !exporter.equals("none");
        return wanted ? new Tracing(properties(settings)) : null;
    }

    private static Map<String, String> properties(Settings settings) {
        Map<String, String> given = new HashMap<>();
        for (Option option : ALL) {
            String value = settings.text(option);
            if (value != null) {
                given.put(option.key().replace('-', '.'), value);
            }
        }
        return given;
    }
}
