package io.cloudtunnel.protocol.frame;

/**
 * A set of field names, looked up without regard to case (RFC 9110, section 5.1) and without making
 * a text for it: each field of each message is looked up in several. Immutable.
 */
public final class NameSet {

    /** By length, so that few names have to be compared. */
    private final String[][] byLength;

    private NameSet(String[][] byLength) {
        this.byLength = byLength;
    }

    /** A set of these names, which are ASCII. */
    public static NameSet of(String... names) {
        int longest = 0;
        for (String name : names) {
            longest = Math.max(longest, name.length());
        }
        String[][] byLength = new String[longest + 1][];
        for (String name : names) {
            String[] others = byLength[name.length()];
            int count = others == null ? 0 : others.length;
            String[] more = new String[count + 1];
            if (others != null) {
                System.arraycopy(others, 0, more, 0, count);
            }
            more[count] = name;
            byLength[name.length()] = more;
        }
        return new NameSet(byLength);
    }

    /** Whether a name is in it. */
    public boolean contains(String name) {
        String[] candidates = name.length() < byLength.length ? byLength[name.length()] : null;
        if (candidates != null) {
            for (String candidate : candidates) {
                if (candidate.equalsIgnoreCase(name)) {
                    return true;
                }
            }
        }
        return false;
    }
}
