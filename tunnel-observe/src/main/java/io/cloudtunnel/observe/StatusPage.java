package io.cloudtunnel.observe;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The status page: one document without data, which asks for a {@link StatusReport} again and
 * again. A browser lets it run its own script and style only, load nothing, and speak to nobody but
 * this listener. Immutable.
 */
final class StatusPage {

    /** Where it is; without data in it, it needs no token, which a browser could not send. */
    static final String PATH = "/status";

    private final byte[] document;
    private final String policy;

    StatusPage() {
        String text;
        try (InputStream in = StatusPage.class.getResourceAsStream("status.html")) {
            if (in == null) {
                throw new IllegalStateException("status.html is missing from the jar");
            }
            document = in.readAllBytes();
            text = new String(document, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        policy =
                "default-src 'none'; script-src "
                        + hash(text, "script")
                        + "; style-src "
                        + hash(text, "style")
                        + "; connect-src 'self'; require-trusted-types-for 'script';"
                        + " trusted-types 'none'; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'";
    }

    /** The only element of this name, as a Content-Security-Policy knows it. */
    private static String hash(String document, String element) {
        int start = document.indexOf("<" + element + ">") + element.length() + 2;
        String content = document.substring(start, document.indexOf("</" + element + ">"));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    void answer(ServerRequest request, ServerResponse response) {
        response.header("Content-Type", "text/html; charset=utf-8")
                .header("Content-Security-Policy", policy)
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("X-Frame-Options", "DENY")
                .send(document);
    }
}
