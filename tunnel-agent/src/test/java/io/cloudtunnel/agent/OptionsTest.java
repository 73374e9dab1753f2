package io.cloudtunnel.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    @CsvSource("TUNNEL_CLIENT_CERT")
    void laterOnesAreNotIgnored(String variable) {
        Result result =
                run(
                        Map.of(
                                "TUNNEL_SERVER",
                                "http://t.example",
                                "TUNNEL_LOCAL",
                                "3000",
                                variable,
                                "S3CR3T"));
        assertEquals(2, result.status());
        assertTrue(result.err().contains(variable), result::err);
        assertTrue(result.err().contains("not in this version"), result::err);
        assertFalse(result.err().contains("S3CR3T"), result::err);
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
