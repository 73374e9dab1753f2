package io.cloudtunnel.server.prefix;

import io.cloudtunnel.protocol.frame.Fields;
import io.cloudtunnel.protocol.http.Authority;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Leads a response's fields to where the public sees the local service, which knows nothing of the
 * prefix: {@code Location}, {@code Content-Location}, {@code Refresh}, {@code Set-Cookie} and
 * {@code Service-Worker-Allowed}. Immutable.
 *
 * <p>An absolute URL counts as the local service's own if it names the public host, a loopback, or
 * a host that was given; any other is left alone. So are relative references, what has the prefix
 * already, paths whose dot segments would climb out of it, and an absolute URL of another tunnel on
 * the public host: who names that one means it. Two things are left alone on purpose:
 *
 * <ul>
 *   <li>Cookies named {@code __Host-...}: a browser refuses them with another path than {@code /}.
 *       As they are, they work, and are sent to the other tunnels of this host, too.
 *   <li>{@code Link}: what it names is asked for with a {@code Referer}, by which {@link
 *       RootFallback} finds the tunnel. Bodies are not looked into, either.
 * </ul>
 */
public final class ResponseRewriter {

    /**
     * What stands before the URL of a {@code Refresh} value ("shared declarative refresh steps" of
     * the HTML standard). Nothing is tried twice, so the time is linear in the length.
     */
    private static final Pattern BEFORE_URL =
            Pattern.compile(
                    "[ \\t]*+[\\d.]++(?:[ \\t]++[;,]?+|[;,])[ \\t]*+(?:url[ \\t]*+=[ \\t]*+)?+",
                    Pattern.CASE_INSENSITIVE);

    private final LocalHosts localHosts;

    /**
     * A rewriter.
     *
     * @param localHosts what the local service may call itself besides the public host and any
     *     loopback; one without a port stands for all ports
     */
    public ResponseRewriter(Set<Authority> localHosts) {
        this.localHosts = new LocalHosts(localHosts);
    }

    /**
     * The fields in their order, with other values where there is something to rewrite; else the
     * same object, and where no such field is there, nothing is allocated.
     *
     * @param fields a final or an interim response's
     * @param prefix where the public sees the local service, without a slash at its end
     * @param scheme {@code http} or {@code https}, as the client sees it
     * @param authority the {@code Host} that the client sent; where it is malformed, no absolute
     *     URL counts as the public host's
     */
    public Fields rewrite(Fields fields, String prefix, String scheme, String authority) {
        for (int i = 0; i < fields.size(); i++) {
            if (isConcerned(fields.name(i))) {
                return rewrite(fields, new References(prefix, scheme, authority, localHosts));
            }
        }
        return fields;
    }

    private Fields rewrite(Fields fields, References references) {
        Fields.Builder rewritten = Fields.builder();
        boolean changed = false;
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            String value = fields.value(i);
            String other = isConcerned(name) ? value(name, value, references) : value;
            changed |= !other.equals(value);
            rewritten.add(name, other);
        }
        return changed ? rewritten.build() : fields;
    }

    private String value(String name, String value, References references) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "set-cookie" -> CookiePaths.rewrite(value, references.prefix(), localHosts);
            case "refresh" -> refresh(value, references);
            case "service-worker-allowed" -> stripped(value, references::rewriteScope);
            default -> stripped(value, references::rewrite);
        };
    }

    /** An agent may leave blanks around a value, which are no part of it. */
    private static String stripped(String value, UnaryOperator<String> rewriter) {
        String bare = value.strip();
        String rewritten = rewriter.apply(bare);
        return rewritten.equals(bare) ? value : rewritten;
    }

    private static String refresh(String value, References references) {
        Matcher before = BEFORE_URL.matcher(value);
        if (!before.lookingAt()) {
            return value; // no URL, or one that no browser would see
        }
        int start = before.end();
        int end = value.length();
        if (start < end && "\"'".indexOf(value.charAt(start)) >= 0) {
            int quote = value.indexOf(value.charAt(start), start + 1);
            end = quote < 0 ? end : quote;
            start++;
        }
        String url = references.rewrite(value.substring(start, end));
        return value.substring(0, start) + url + value.substring(end);
    }

    /** Most names differ from ours in their length, which is cheaper to compare. */
    private static boolean isConcerned(String name) {
        return switch (name.length()) {
            case 7 -> name.equalsIgnoreCase("Refresh");
            case 8 -> name.equalsIgnoreCase("Location");
            case 10 -> name.equalsIgnoreCase("Set-Cookie");
            case 16 -> name.equalsIgnoreCase("Content-Location");
            case 22 -> name.equalsIgnoreCase("Service-Worker-Allowed");
            default -> false;
        };
    }
}
