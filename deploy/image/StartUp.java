import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code java StartUp.java HOME JAR RUNS}: how long a server in a folder that train.sh has made takes
 * from its start to the first 200 of /health/ready, with the AOT cache, without it, and as the JAR that
 * Maven built on the whole JDK that runs this; one after the other, RUNS times. Then the medians, of
 * the time and of the processor's time until then, which other programs on the machine disturb less.
 */
public final class StartUp {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]).toAbsolutePath();
        int runs = Integer.parseInt(args[2]);
        String own = home.resolve("runtime/bin/java").toString();
        String jdk = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = home.resolve("tunnel-server.jar").toString();
        String cache = "-XX:AOTCache=" + home.resolve("tunnel-server.aot");
        List<List<String>> ways =
                List.of(
                        List.of(own, cache, "-XX:AOTMode=on", "-jar", jar),
                        List.of(own, "-jar", jar),
                        List.of(jdk, "-jar", args[1]));
        long[][] millis = new long[ways.size()][runs];
        long[][] busy = new long[ways.size()][runs];
        for (int run = 0; run < runs; run++) {
            for (int way = 0; way < ways.size(); way++) {
                long[] took = millisOf(ways.get(way));
                millis[way][run] = took[0];
                busy[way][run] = took[1];
            }
        }
        show("time", millis);
        show("processor's time", busy);
    }

    private static void show(String what, long[][] millis) {
        System.out.println(what + ":");
        long cached = show("  with the cache", millis[0]);
        long plain = show("  without", millis[1]);
        long whole = show("  JAR on the whole JDK", millis[2]);
        System.out.printf(
                "  with the cache / without: %.2f, / JAR on the whole JDK: %.2f%n",
                (double) cached / plain, (double) cached / whole);
    }

    private static long show(String what, long[] millis) {
        long[] sorted = millis.clone();
        Arrays.sort(sorted);
        long median = sorted[sorted.length / 2];
        System.out.println(what + ": median " + median + " ms of " + Arrays.toString(millis));
        return median;
    }

    private static long[] millisOf(List<String> command) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().clear();
        builder.environment().putAll(Map.of("PORT", Integer.toString(port)));
        Path log = Files.createTempFile("start", ".log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long began = System.nanoTime();
        Process process = builder.start();
        try {
            while (!isReady(port)) {
                if (!process.isAlive() || System.nanoTime() - began > PATIENCE_NANOS) {
                    throw new IOException("it does not start:\n" + Files.readString(log));
                }
                Thread.sleep(2); // this measures, and has nothing to wait on
            }
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            return new long[] {took, process.info().totalCpuDuration().orElseThrow().toMillis()};
        } finally {
            process.toHandle().destroy();
            process.waitFor();
            Files.deleteIfExists(log);
        }
    }

    private static boolean isReady(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String status =
                    new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
            return status != null && status.contains(" 200");
        } catch (IOException e) {
            return false;
        }
    }
}
