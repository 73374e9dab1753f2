package io.cloudtunnel.observe;

import io.cloudtunnel.program.Program;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes an SDK of OpenTelemetry from its properties. */
final class TraceSetup {

    private static final String PROTOCOL = "otel.exporter.otlp.protocol";
    private static final String TRACES_PROTOCOL = "otel.exporter.otlp.traces.protocol";
    private static final String PROPAGATORS = "otel.propagators";
    private static final String CARRIED = "http/protobuf";
    private static final String W3C = "tracecontext";
    private static final Pattern PROPERTY = Pattern.compile("\\botel(?:\\.[a-z_0-9-]+)+");

    /** What the SDK calls whoever did not say who he is. */
    private static final String NAMELESS = "unknown_service";

    private static final AttributeKey<String> NAME = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");

    private TraceSetup() {}

    /**
     * Makes one that sends traces and nothing else.
     *
     * @param service its name, unless the settings have one
     * @throws SettingException if a value is wrong
     */
    static OpenTelemetrySdk sdk(Tracing settings, String service) {
        try {
            return AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> Map.of(PROTOCOL, CARRIED))
                    .addPropertiesCustomizer(found -> checked(found, settings.properties()))
                    .addResourceCustomizer((resource, found) -> named(resource, service))
                    .build()
                    .getOpenTelemetrySdk();
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException e) {
            if (e.getCause() instanceof SettingException ours) {
                throw ours;
            }
            String why = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            throw new SettingException(message(e.getMessage() + why));
        }
    }

    private static Map<String, String> checked(ConfigProperties found, Map<String, String> given) {
        Map<String, String> all = new HashMap<>(given);
        String general = value(found, given, PROTOCOL);
        String protocol = value(found, given, TRACES_PROTOCOL);
        if (protocol == null ? !CARRIED.equals(general) : !CARRIED.equals(protocol)) {
            throw new SettingException(
                    variable(protocol == null ? PROTOCOL : TRACES_PROTOCOL)
                            + " is '"
                            + (protocol == null ? general : protocol)
                            + "'; it must be "
                            + CARRIED
                            + ", which is all that there is here");
        }
        String propagators = value(found, given, PROPAGATORS);
        if (propagators != null && !List.of(propagators.split("\\s*,\\s*", -1)).contains(W3C)) {
            throw new SettingException(
                    variable(PROPAGATORS)
                            + " is '"
                            + propagators
                            + "'; it must have "
                            + W3C
                            + ", which is all that there is here");
        }
        all.put(PROPAGATORS, W3C);
        all.put("otel.metrics.exporter", "none"); // Prometheus asks for them
        all.put("otel.logs.exporter", "none");
        return all;
    }

    private static @Nullable String value(
            ConfigProperties found, Map<String, String> given, String name) {
        String value = given.get(name);
        return value == null ? found.getString(name) : value;
    }

    private static Resource named(Resource resource, String service) {
        Resource all = Resource.builder().put(VERSION, Program.version()).build().merge(resource);
        String name = resource.getAttribute(NAME);
        return name == null || name.startsWith(NAMELESS)
                ? all.merge(Resource.builder().put(NAME, service).build())
                : all;
    }

    /** With the variables' own names, and without what may be a secret. */
    private static String message(String text) {
        Matcher names = PROPERTY.matcher(text);
        if (text.contains("headers") || text.contains("@")) {
            String name = names.find() ? variable(names.group()) : "an OTEL_ variable";
            return name + " has a wrong value";
        }
        return "tracing: " + names.replaceAll(name -> variable(name.group()));
    }

    private static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
