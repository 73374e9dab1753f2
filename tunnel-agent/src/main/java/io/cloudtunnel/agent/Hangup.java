package io.cloudtunnel.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGHUP: somebody wants the configuration to be read again, or the terminal has been closed.
 * Stateless.
 *
 * <p>The classes for signals are the JDK's, but not Java's: where they are missing, or the system
 * has no such signal, nothing happens. They are looked up, since javac warns of each use.
 */
final class Hangup {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private static final String TERMINAL = "/dev/tty";

    /** What the JVM returns where nobody handles the signal. */
    private static final int STATUS = 128 + 1;

    private Hangup() {}

    /**
     * From now on a signal runs a task, on a thread of its own; one that comes because the terminal
     * has gone ends the program, as before.
     *
     * @return whether that is possible here
     */
    static boolean runs(Runnable task) {
        boolean attached = hasTerminal();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls =
                    (proxy, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(task, arguments);
                        }
                        if (attached && !hasTerminal()) {
                            System.exit(STATUS);
                        }
                        task.run();
                        return null;
                    };
            Object ours =
                    Proxy.newProxyInstance(
                            Hangup.class.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
            return true;
        } catch (ReflectiveOperationException e) {
            LOGGER.log(Level.DEBUG, "no SIGHUP here", e);
            return false;
        }
    }

    private static boolean hasTerminal() {
        try (InputStream terminal = new FileInputStream(TERMINAL)) {
            return terminal.available() >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
