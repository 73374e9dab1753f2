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
 * A page of ours: one document without data, which asks for data again and again. A browser lets it
 * run its own script and style only, load nothing, and speak to nobody but its listener. Immutable.
 */
final class HtmlPage {

    private final byte[] document;
    private final String policy;

    /**
     * A page with one {@code script} and one {@code style} element.
     *
     * @param resource its file beside this class
     */
    HtmlPage(String resource) {
        String text;
        try (InputStream in = HtmlPage.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
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
