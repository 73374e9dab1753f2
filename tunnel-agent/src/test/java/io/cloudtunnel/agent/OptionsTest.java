package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the program says to wrong options: always with exit status 2, and before it does a thing.
 */
@Isolated
class OptionsTest {

    private record Result(int status, String out, String err) {}

    private static Result run(Map<String, String> environment, String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int status = Main.run(args, environment);
            return new Result(
                    status,
                    outBytes.toString(StandardCharsets.UTF_8),
                    errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--local 3000 | server is missing",
                "--server http://t.example | local is missing; give it as --local URL|PORT",
                "--server t.example --local 3000 | --server is 't.example'; it must be a URL",
                "--server http://t.example --local nowhere | --local is 'nowhere'; it must be",
                "--server http://t.example --local http://a/b | a URL without a path",
                "--server http://t.example --local 3000 --mode fast | must be one of auto, binary,",
                "--server http://t.example --local 3000 --links 0 | --links is '0'",
                "--server http://t.example --local 3000 --signed maybe | required, auto or off",
                "--server http://t.example --local 3000 --signed required --mode json | together",
                "--server http://t.example --local 3000 --exclusive=maybe | --exclusive",
                "--server http://t.example --local 3000 --admin-host ::1 | only with ADMIN_PORT",
                "--server http://t.example --local 3000 --inspect 70000 | --inspect is '70000'",
                "--server http://t.example --local 3000 --inspect-token x | Unknown option",
                "--server http://t.example --local 3000 --response-timeout 0s | a duration",
                "--server http://t.example --local 3000 --json-body-limit 1TiB | bytes",
                "--server http://t.example --local 3000 --json-max-body 1MiB | bytes",
                "--server http://t.example --local 3000 --host /x | --host is '/x'; it must be"
                        + " local, public, or a host name",
                "--server http://t.example --local 3000 --server-ca /none | --server-ca is '/none'",
                "--server https://t.example --local 3000 --client-cert /none | a readable file",
                "--server https://t.example --local 3000 --client-key /none | a readable file",
                "--server https://t.example --local 3000 --iam-token /none | metadata, or a",
                "--server https://t.example --local 3000 --client-cert pom.xml | is not a PEM file",
                "--server http://t.example --local 3000 --client-cert pom.xml | over TLS only",
                "--server http://t.example --local 3000 --id x | id and secret go together",
                "--server http://t.example --local 3000 --secret-file /none | --secret-file is",
                "--server http://t.example --local 3000 --secret x | Unknown option",
                "--server http://localhost:8080 --local 8080 | is the tunnel server itself",
                "--server http://127.0.0.1:8080 --local http://localhost:8080 | server itself",
                "--server http://127.0.0.1:8080 --local http://[::1]:8080 | server itself",
                "--server http://t.example --local http://t.example | server itself",
            })
    void wrong(String args, String expected) {
        Result result = run(Map.of(), args.split(" ", -1));
        assertEquals(2, result.status());
        assertTrue(result.err().contains(expected), result::err);
        assertEquals("", result.out());
    }

    @ParameterizedTest
    @CsvSource({"4040, S3CR3T, 16 to 256 visible", "'', S3CR3TS3CR3TS3CR3T, TUNNEL_INSPECT"})
    void aTokenToInspectThatCannotBe(String port, String token, String expected) {
        Result result =
                run(
                        Map.of("TUNNEL_INSPECT", port, "TUNNEL_INSPECT_TOKEN", token),
                        "--server",
                        "http://t.example",
                        "--local",
                        "3000");
        assertEquals(2, result.status());
        assertTrue(result.err().contains(expected), result::err);
        assertFalse(result.err().contains("S3CR3T"), result::err);
    }

    @Test
    void aDamagedCredentialsFileStopsItAtTheStart(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("c.json"), "{");
        Result result =
                run(
                        Map.of(),
                        "--server",
                        "http://t.invalid",
                        "--local",
                        "3000",
                        "--credentials",
                        file.toString());
        assertEquals(2, result.status());
        assertTrue(result.err().contains(file + " is damaged"), result::err);
    }

    @Test
    void aMalformedProxyIsToldOfWithoutItsPassword() {
        Result result =
                run(
                        Map.of("HTTP_PROXY", "socks://u:S3CR3T@p"),
                        "--server",
                        "http://t.example",
                        "--local",
                        "3000");
        assertEquals(2, result.status());
        assertTrue(result.err().contains("HTTP_PROXY is not the URL"), result::err);
        assertFalse(result.err().contains("S3CR3T"), result::err);
    }

    @TempDir Path ofTunnels;

    private Result run(String yaml, String... more) throws Exception {
        Path file = Files.writeString(ofTunnels.resolve("a.yaml"), yaml);
        List<String> args = new ArrayList<>(List.of("--config", file.toString()));
        args.addAll(List.of(more));
        return run(Map.of(), args.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tunnels: {a: {local: x}} | tunnels.a.local in ",
                "tunnels: {a: {local: 1, lniks: 2}} | did you mean 'links'?",
                "tunnels: {a: {local: 1, admin-port: 2}} | holds for the whole program",
                "tunnels: {a: {links: 2}} | local is missing",
                "{local: 1, tunnels: {a: {local: 1}}} | is of one tunnel",
                "tunnels: {a: {local: 1, name: x}, b: {local: 2, name: x}} | are the same one",
                "tunnels: {a: {local: 1}, b: {local: 'http://t.example'}}"
                        + " | tunnel 'b': the local service",
                "serevr: http://t.example | did you mean 'server'?",
            })
    void wrongTunnels(String yaml, String expected) throws Exception {
        String credentials = ofTunnels.resolve("c.json").toString();
        Result result = run(yaml, "--server", "http://t.example", "--credentials", credentials);
        assertEquals(2, result.status());
        assertTrue(result.err().contains(expected), result::err);
        assertEquals("", result.out());
    }

    @Test
    void flagsOfOneTunnelAreNotForSeveral() throws Exception {
        Result result = run("tunnels: {a: {local: 1}}", "--local", "2");
        assertEquals(2, result.status());
        assertTrue(result.err().contains("--local is of one tunnel"), result::err);
    }

    @Test
    void whatCountsIsPrintedWithoutSecretsAndThenWhatIsWrong() throws Exception {
        Result result =
                run(
                        "server: http://t.example\ntunnels: {a: {local: 1, links: many}}",
                        "--print-config",
                        "--api-key",
                        "hunter2");
        assertEquals(2, result.status());
        assertTrue(result.out().contains("    links: many  # tunnels.a.links in "), result::out);
        assertTrue(result.out().contains("    api-key: '***'  # --api-key\n"), result::out);
        assertTrue(result.err().contains("it must be a whole number"), result::err);
        assertFalse((result.out() + result.err()).contains("hunter2"), result::out);
    }

    @Test
    void aMistypedNameInTheEnvironmentIsTold() {
        Map<String, String> environment =
                Map.of(
                        "TUNNEL_LOCLA", "3000",
                        "TUNNEL_KEY", "of a server",
                        "TUNNEL_SERVER_PORT_80_TCP_ADDR", "of Kubernetes");
        Result result = run(environment, "--print-config", "--server", "http://t.example");
        assertTrue(
                result.err()
                        .startsWith(
                                "tunnel-agent: unknown name 'TUNNEL_LOCLA' in the environment,"
                                        + " which does nothing; did you mean 'TUNNEL_LOCAL'?\n"
                                        + "tunnel-agent: local is missing"),
                result::err);
    }

    @Test
    void helpAndVersion() {
        Result help = run(Map.of(), "--help");
        assertEquals(0, help.status());
        assertTrue(help.out().contains("--local-insecure"), help::out);
        assertFalse(help.out().contains("--secret="), help::out);
        Result version = run(Map.of(), "--version");
        assertEquals(0, version.status());
        assertTrue(version.out().startsWith("tunnel-agent "), version::out);
    }
}
