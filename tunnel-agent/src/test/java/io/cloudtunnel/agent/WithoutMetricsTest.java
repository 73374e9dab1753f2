package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.program.Admin;
import io.cloudtunnel.program.Observation;
import io.cloudtunnel.program.Tracing;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** An agent in a program that has neither Micrometer, nor OpenTelemetry, nor a web server. */
class WithoutMetricsTest {

    private static final List<String> LEFT_OUT =
            List.of(
                    "tunnel-observe",
                    "micrometer",
                    "prometheus",
                    "opentelemetry",
                    "helidon-webserver");

    private static ClassLoader alone() throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (LEFT_OUT.stream().noneMatch(entry::contains)) {
                classPath.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(
                classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static String run(ClassLoader loader, String program) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader); // where Helidon looks for its services
        try {
            Object made = loader.loadClass(program).getDeclaredConstructor().newInstance();
            return String.valueOf(((Callable<?>) made).call());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void runsAsBefore() throws Exception {
        ClassLoader loader = alone();
        assertThrows(
                ClassNotFoundException.class,
                () -> loader.loadClass("io.micrometer.core.instrument.Counter"));
        assertEquals("STOPPED -1", run(loader, Plain.class.getName()));
    }

    @Test
    void namesWhatAnAdminListenerNeeds() throws Exception {
        String refused = run(alone(), WithAdmin.class.getName());
        assertTrue(refused.contains("needs tunnel-observe on the class path"), refused);
    }

    @Test
    void namesWhatTracesNeed() throws Exception {
        String refused = run(alone(), WithTracing.class.getName());
        assertEquals("tracing needs tunnel-observe on the class path", refused);
    }

    private static TunnelAgentBuilder builder() {
        return TunnelAgent.builder()
                .server("http://localhost:1")
                .local("2")
                .credentials("id", "secret");
    }

    /** An agent of a server that is not there. */
    public static final class Plain implements Callable<String> {
        @Override
        public String call() throws Exception {
            TunnelAgent agent = builder().start();
            int port = agent.adminPort();
            agent.close();
            return agent.state() + " " + port;
        }
    }

    /** The same with an admin listener. */
    public static final class WithAdmin implements Callable<String> {
        @Override
        public String call() throws Exception {
            try (TunnelAgent agent =
                    builder()
                            .observation(Observation.DEFAULT.withAdmin(Admin.onLoopback(0)))
                            .start()) {
                return "port " + agent.adminPort();
            } catch (IllegalArgumentException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    /** The same with traces. */
    public static final class WithTracing implements Callable<String> {
        @Override
        public String call() throws Exception {
            Tracing nowhere = Tracing.to("http://localhost:1");
            try (TunnelAgent agent =
                    builder().observation(Observation.DEFAULT.withTracing(nowhere)).start()) {
                return "state " + agent.state();
            } catch (IllegalArgumentException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }
}
