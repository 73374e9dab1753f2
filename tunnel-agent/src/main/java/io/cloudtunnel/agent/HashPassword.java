package io.cloudtunnel.agent;

import io.cloudtunnel.program.PasswordHash;
import io.cloudtunnel.program.Program;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code hash-password}: prints what a policy has for a password; docs/access.md, section 1. */
final class HashPassword {

    static final String COMMAND = "hash-password";

    private HashPassword() {}

    /** Asks at the terminal, or reads a line; returns the exit status. */
    static int run(InputStream in) {
        try {
            String password = read(in);
            if (password == null || password.isEmpty()) {
                System.err.println(COMMAND + ": the password is the first line of what comes in");
                return Program.USAGE;
            }
            System.out.println(PasswordHash.of(password).text());
            return 0;
        } catch (IOException e) {
            System.err.println(COMMAND + ": " + e.getMessage());
            return 1;
        }
    }

    // From Java 22 to 24 there may be a console that is no terminal, which reads a line as well.
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable String read(InputStream in) throws IOException {
        Console console = System.console();
        if (console != null) {
            char[] typed = console.readPassword("Password: ");
            return typed == null ? null : new String(typed);
        }
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    }
}
