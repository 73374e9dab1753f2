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

    private static final Option DISABLED =
            option("OTEL_SDK_DISABLED", "true|false", "true is off, whatever else is set.")
                    .otherwise("false");
    private static final Option EXPORTER =
            option("OTEL_TRACES_EXPORTER", "otlp|none", "Whether spans are sent.")
                    .otherwiseAs("otlp with an endpoint, else none");
    private static final Option ENDPOINT =
            option(
                            "OTEL_EXPORTER_OTLP_ENDPOINT",
                            "URL",
                            "The receiver, without the path of traces; given, it switches tracing"
                                    + " on.")
                    .otherwiseAs("http://localhost:4318 if tracing is on otherwise");
    private static final Option TRACES_ENDPOINT =
            option(
                            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                            "URL",
                            "The same with its path; wins over the other one.")
                    .otherwiseAs("the other one, and /v1/traces");

    static final List<Option> ALL =
            List.of(
                    DISABLED,
                    EXPORTER,
                    ENDPOINT,
                    TRACES_ENDPOINT,
                    option(
                                    "OTEL_EXPORTER_OTLP_PROTOCOL",
                                    "http/protobuf",
                                    "How spans are sent; nothing else is included.")
                            .otherwise("http/protobuf"),
                    Option.secret(
                                    "otel-exporter-otlp-headers",
                                    "OTEL_EXPORTER_OTLP_HEADERS",
                                    "NAME=VALUE,...",
                                    "Fields of the requests to the receiver of traces.")
                            .withoutFlag(),
                    option("OTEL_SERVICE_NAME", "NAME", "Who we are, in each span.")
                            .otherwiseAs("cloudtunnel-server, cloudtunnel-agent"),
                    option(
                            "OTEL_RESOURCE_ATTRIBUTES",
                            "NAME=VALUE,...",
                            "More about this process, in each span."),
                    option("OTEL_TRACES_SAMPLER", "NAME", "Which requests are recorded.")
                            .otherwise("parentbased_always_on"),
                    option(
                            "OTEL_TRACES_SAMPLER_ARG",
                            "VALUE",
                            "The sampler's, such as 0.1 of the one by ratio."));

    private TraceOptions() {}

    /** They are OpenTelemetry's: names, values and meanings are as it has them. */
    private static Option option(String environment, String value, String help) {
        String key = environment.toLowerCase(Locale.ROOT).replace('_', '-');
        return Option.of(key, environment, value, help).withoutFlag();
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
