package io.cloudtunnel.it;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the comment in the line before a block of commands says of it:
 *
 * <pre>{@code
 * <!-- run -->                        with each build, to its end
 * <!-- run until: TEXT -->            until it prints this; then it goes on until the page's end
 * <!-- run long -->                   with -Plong only: it takes minutes
 * <!-- run long, until: TEXT -->      both
 * <!-- run: by .ci/run -->            it is what CI runs, and this test with it
 * <!-- not run: needs gcloud -->      or docker, or root and systemd
 * }</pre>
 *
 * @param kind whether and when it is run
 * @param until a text after which the next block is run; null for the command's end
 * @param problem what is wrong with the mark; null if nothing is
 */
record DocsMark(Kind kind, String until, String problem) {

    enum Kind {
        SHORT,
        LONG,
        BY_CI,
        NEVER,
        NONE
    }

    /** The reasons that count, each with what such commands have. */
    private static final Map<String, Pattern> REASONS =
            Map.of(
                    "needs gcloud", Pattern.compile("\\bgcloud "),
                    "needs docker", Pattern.compile("\\b(docker|podman|buildah) "),
                    "needs root and systemd", Pattern.compile("\\bsystemctl "));

    private static final Pattern RUN = Pattern.compile("run( long)?(?:,? until: (.+))?");
    private static final String BY_CI = "./tunnel test";

    static DocsMark of(Markdown.Block block) {
        String mark = block.mark();
        if (mark == null) {
            return wrong("say in the line before it <!-- run --> or another mark of DocsMark");
        }
        Matcher run = RUN.matcher(mark);
        if (run.matches()) {
            return new DocsMark(run.group(1) == null ? Kind.SHORT : Kind.LONG, run.group(2), null);
        }
        if (mark.equals("run: by .ci/run")) {
            return block.text().replaceAll(" +#.*", "").strip().equals(BY_CI)
                    ? new DocsMark(Kind.BY_CI, null, null)
                    : wrong(".ci/run runs " + BY_CI + ", and nothing else");
        }
        if (mark.startsWith("not run: ")) {
            Pattern has = REASONS.get(mark.substring("not run: ".length()));
            return has != null && has.matcher(block.text()).find()
                    ? new DocsMark(Kind.NEVER, null, null)
                    : wrong(
                            "no reason that counts, or no such command in it; the reasons are "
                                    + REASONS.keySet());
        }
        return wrong("not a mark of DocsMark: " + mark);
    }

    private static DocsMark wrong(String problem) {
        return new DocsMark(Kind.NONE, null, problem);
    }
}
