package io.cloudtunnel.program;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.regex.Pattern;

/** Writes what counts of options, and where it was given, as YAML. Stateless. */
final class Listing {

    private static final String HIDDEN = "'***'";

    /** What YAML takes as one text without quotes; whatever else it could be, it is the same. */
    private static final Pattern PLAIN = Pattern.compile("[\\w./+]([\\w./+:=,@-]*[\\w./+=-])?");

    private Listing() {}

    static void write(Settings settings, List<Option> options, String indent, StringBuilder out) {
        for (Option option : options) {
            Settings.Found found = settings.find(option);
            String otherwise = option.otherwise();
            if (found != null) {
                line(indent + option.key() + ": " + shown(option, found), found.label(), out);
            } else if (otherwise == null) {
                line(indent + "# " + option.key() + ":", "not given", out);
            } else if (option.literal()) {
                line(indent + option.key() + ": " + quoted(otherwise), "default", out);
            } else {
                line(indent + "# " + option.key() + ":", "default: " + otherwise, out);
            }
        }
    }

    private static void line(String what, String where, StringBuilder out) {
        out.append(what).append("  # ").append(TextLines.oneLine(where)).append('\n');
    }

    private static String shown(Option option, Settings.Found found) {
        return Settings.hides(option, found.value()) ? HIDDEN : quoted(found.value());
    }

    private static String quoted(String value) {
        if (PLAIN.matcher(value).matches() && !value.equalsIgnoreCase("null")) {
            return value;
        }
        return '"'
                + TextLines.oneLine(
                        new String(JsonStringEncoder.getInstance().quoteAsString(value)))
                + '"';
    }
}
