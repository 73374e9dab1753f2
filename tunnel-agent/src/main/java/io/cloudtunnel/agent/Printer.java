package io.cloudtunnel.agent;

import java.io.PrintStream;

/** Prints the public URL for people and scripts: as one line of standard output. */
final class Printer implements AgentListener {

    private final PrintStream out;
    private final PrintStream err;

    Printer(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void publicUrl(String url) {
        out.println(url);
        out.flush();
    }

    @Override
    public void publicUrlChanged(String before, String url) {
        String notice = "*** THE PUBLIC URL HAS CHANGED. It was " + before + " and is now:";
        err.println(notice);
        err.println(url);
        out.println(notice);
        publicUrl(url);
    }
}
