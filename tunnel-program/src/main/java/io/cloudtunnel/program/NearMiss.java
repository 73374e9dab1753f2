package io.cloudtunnel.program;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The name that was probably meant, for a name that is not known. Stateless. */
final class NearMiss {

    /** Names of up to so many characters may be wrong in one of them, longer ones in two. */
    private static final int SHORT = 5;

    private static final int SHORTEST_PREFIX = 3;

    private NearMiss() {}

    /** The end of a message: {@code ; did you mean 'port'?}, or nothing. */
    static String hint(String given, Collection<String> known) {
        String meant = of(given, known);
        return meant == null ? "" : "; did you mean '" + meant + "'?";
    }

    /** The nearest of the known names; null where none is near. */
    static @Nullable String of(String given, Collection<String> known) {
        String name = normal(given);
        String best = null;
        int least = (name.length() <= SHORT ? 1 : 2) + 1;
        for (String each : known) {
            int distance = distance(name, normal(each));
            if (distance < least) {
                best = each;
                least = distance;
            }
        }
        return best == null ? begun(name, known) : best;
    }

    /** The shortest name of which this is the beginning, or which it goes on from. */
    private static @Nullable String begun(String name, Collection<String> known) {
        String best = null;
        for (String each : known) {
            String other = normal(each);
            boolean fits =
                    (name.length() >= SHORTEST_PREFIX && other.startsWith(name))
                            || (other.length() >= SHORTEST_PREFIX && name.startsWith(other + "-"));
            if (fits && (best == null || each.length() < best.length())) {
                best = each;
            }
        }
        return best;
    }

    private static String normal(String name) {
        String bare = name.startsWith("--") ? name.substring(2) : name;
        return bare.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How many characters have to be changed, added, left out, or swapped with the next one. */
    static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] free = before;
            before = last;
            last = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + changed, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
        }
        return row[b.length()];
    }
}
