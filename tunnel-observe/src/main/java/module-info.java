/** What server and agent show to operators: the admin listener with its metrics, and traces. */
@org.jspecify.annotations.NullMarked
module io.cloudtunnel.observe {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive io.cloudtunnel.program;
    requires transitive io.cloudtunnel.protocol;
    requires io.helidon.http;
    requires io.helidon.http.encoding;
    requires transitive io.helidon.webserver;
    requires transitive micrometer.core;
    requires io.opentelemetry.api;
    requires io.opentelemetry.context;
    requires io.opentelemetry.sdk;
    requires io.opentelemetry.sdk.autoconfigure;
    requires io.opentelemetry.sdk.autoconfigure.spi;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.trace;
    requires micrometer.registry.prometheus;
    requires static transitive org.jspecify;

    exports io.cloudtunnel.observe;
}
