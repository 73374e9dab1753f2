package io.cloudtunnel.program;

import java.util.Iterator;
import java.util.List;

/**
 * The keys of an access policy; docs/access.md. The server decides what a policy means, and an
 * agent already says at its start what is misspelt. Stateless.
 */
public final class PolicyKeys {

    /** The keys of a policy. */
    public static final List<String> ACCESS =
            List.of("allow", "deny", "basic", "jwt", "forward-credentials");

    /** The keys of its {@code jwt}. */
    public static final List<String> JWT =
            List.of("issuer", "audience", "jwks", "claims", "algorithms", "skew");

    private static final int LONGEST_NAME = 64;

    private PolicyKeys() {}

    /**
     * Sees to it that all names are known.
     *
     * @param where what the message begins with, such as {@code access.jwt}
     * @throws IllegalArgumentException if one is not; the message names it, and the one that was
     *     probably meant, or all that are known
     */
    public static void check(String where, Iterator<String> names, List<String> known) {
        while (names.hasNext()) {
            String name = names.next();
            if (!known.contains(name)) {
                String hint = NearMiss.hint(name, known);
                throw new IllegalArgumentException(
                        where
                                + ": unknown key '"
                                + Printable.of(name, LONGEST_NAME)
                                + "'"
                                + (hint.isEmpty()
                                        ? "; known are: " + String.join(", ", known)
                                        : hint));
            }
        }
    }
}
