package io.cloudtunnel.agent;

import io.cloudtunnel.program.Configuration;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * Reads the configuration again when it is told to, and has the tunnels become what it says. What
 * it is told while it does so is done once, afterwards. Safe for use by several threads.
 */
final class Rereader {

    private static final Logger LOGGER = System.getLogger("io.cloudtunnel.agent");

    private final Tunnels tunnels;
    private final Semaphore told = new Semaphore(0);
    private Configuration taken; // of the thread alone, once it runs

    /**
     * For tunnels that run.
     *
     * @param taken what they were made from
     */
    Rereader(Tunnels tunnels, Configuration taken) {
        this.tunnels = tunnels;
        this.taken = taken;
    }

    /** Begins to heed what it is told, by a thread that ends with the program. */
    void begin() {
        Thread thread =
                Thread.ofPlatform().daemon().name("tunnel-agent-reread").unstarted(this::run);
        thread.start();
    }

    /** The configuration may have changed. */
    void tell() {
        told.release();
    }

    private void run() {
        try {
            while (true) {
                told.acquire();
                int ignored = told.drainPermits();
                reread();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reread() throws InterruptedException {
        try {
            Configuration now = taken.again();
            Main.check(now);
            Map<String, TunnelPlan> plans = TunnelPlan.of(now);
            if (now.groups().isEmpty() != taken.groups().isEmpty()) {
                throw new SettingException(
                        "the step from one tunnel to 'tunnels:', or back, takes a new start");
            }
            Tunnels.Change change = tunnels.become(plans);
            for (Option option : AgentOptions.OF_PROGRAM) {
                if (!Objects.equals(now.settings().text(option), taken.settings().text(option))) {
                    LOGGER.log(
                            Level.WARNING,
                            "{0} has changed, which counts from the next start on",
                            option.key());
                }
            }
            taken = now;
            LOGGER.log(Level.INFO, "{0} read again: {1}", now.file(), change);
        } catch (SettingException e) {
            LOGGER.log(
                    Level.ERROR,
                    "the configuration was read again and is wrong, so everything goes on as it"
                            + " was: {0}",
                    e.getMessage());
        } catch (RuntimeException e) { // whatever it is, the next change shall be taken
            LOGGER.log(Level.ERROR, "the configuration could not be taken", e);
        }
    }
}
