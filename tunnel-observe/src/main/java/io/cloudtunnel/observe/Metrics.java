package io.cloudtunnel.observe;

import io.cloudtunnel.program.Program;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;

/**
 * The metrics of one server or agent, with those of its JVM, as Prometheus asks for them. Safe for
 * use by several threads.
 */
public final class Metrics implements AutoCloseable {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TEXT = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private volatile Runnable beforeScrape = () -> {};

    /** Metrics of the JVM, and room for more. */
    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        Gauge.builder("cloudtunnel.version.info", () -> 1)
                .description("the version that runs")
                .tag("version", Program.version())
                .register(registry);
    }

    /** Where meters are made. */
    public MeterRegistry registry() {
        return registry;
    }

    /** What has to be done before figures are read, so that those of one scrape go together. */
    public void beforeScrape(Runnable task) {
        beforeScrape = task;
    }

    /** Answers {@code GET /metrics}: OpenMetrics where it is asked for, else Prometheus' text. */
    public void answer(ServerRequest request, ServerResponse response) {
        boolean open =
                request.headers().values(HeaderNames.ACCEPT).stream()
                        .anyMatch(accepted -> accepted.contains(OPEN_METRICS));
        String type = open ? OPEN_METRICS_TEXT : TEXT;
        beforeScrape.run();
        response.header("Content-Type", type)
                .send(registry.scrape(type).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
