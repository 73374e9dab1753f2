package io.cloudtunnel.program;

import java.util.Map;

/**
 * That spans are made of requests, and how they get to an OTLP receiver. Immutable.
 *
 * @param properties of the OpenTelemetry SDK, such as {@code otel.exporter.otlp.endpoint}; those
 *     that are not here it takes from system properties and the environment, as it always does
 */
public record Tracing(Map<String, String> properties) {

    /** Copies them. */
    public Tracing {
        properties = Map.copyOf(properties);
    }

    /**
     * To the receiver at this URL, such as {@code http://localhost:4318}, in HTTP with Protobuf.
     */
    public static Tracing to(String endpoint) {
        return new Tracing(Map.of("otel.exporter.otlp.endpoint", endpoint));
    }

    /** The names only: a value may hold a secret. */
    @Override
    public String toString() {
        return "Tracing" + properties.keySet();
    }
}
