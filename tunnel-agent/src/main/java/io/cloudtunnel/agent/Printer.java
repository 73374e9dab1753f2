package io.cloudtunnel.agent;

import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Prints the public URL for people and scripts: as one line of standard output, behind the tunnel's
 * name where there are several.
 */
final class Printer implements AgentListener {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private final PrintStream out;
    private final PrintStream err;
    private final String name;
    private final Runnable atEnd;

    /**
     * Prints to these.
     *
     * @param name of the tunnel; empty where it is the only one
     * @param atEnd is run when the agent's end has come
     */
    Printer(PrintStream out, PrintStream err, String name, Runnable atEnd) {
        this.out = out;
        this.err = err;
        this.name = name;
        this.atEnd = atEnd;
    }

    @Override
    public void stateChanged(AgentState state, String detail) {
        if (state == AgentState.FAILED && !name.isEmpty()) {
            LOGGER.log(Level.ERROR, "gives up; the other tunnels go on");
        }
        if (state.isFinal()) {
            atEnd.run();
        }
    }

    @Override
    public void publicUrl(String url) {
        out.println(line(url));
        out.flush();
    }

    private String line(String url) {
        return name.isEmpty() ? url : name + " " + url;
    }

    @Override
    public void publicUrlChanged(String before, String url) {
        String whose = name.isEmpty() ? "" : " OF " + name;
        String notice =
                "*** THE PUBLIC URL" + whose + " HAS CHANGED. It was " + before + " and is now:";
        err.println(notice);
        err.println(line(url));
        out.println(notice);
        publicUrl(url);
    }
}
