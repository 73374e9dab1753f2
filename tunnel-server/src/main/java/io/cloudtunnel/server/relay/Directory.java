package io.cloudtunnel.server.relay;

import java.time.Duration;
import java.util.List;

/**
 * Which instances hold links of which tunnels; shared by all instances. Safe for use by several
 * threads. Each call waits for at most a second.
 */
public interface Directory extends AutoCloseable {

    /** For how long a heartbeat counts. */
    Duration ALIVE = Duration.ofSeconds(4);

    /** For how long a claim is kept that is not renewed. */
    Duration KEPT = Duration.ofMinutes(10);

    /**
     * An instance that holds links of a tunnel.
     *
     * @param instance its id
     * @param generation that of its claim
     * @param load its open requests
     */
    record Owner(String instance, long generation, int load) {}

    /**
     * Enters that an instance holds links of a tunnel, whatever it had entered before.
     *
     * @return the generation of the claim, higher than that of any earlier one of the tunnel's
     */
    long claim(String tunnel, String instance) throws BrokerException, InterruptedException;

    /** Keeps a claim for longer; false if it is not there, or not of this generation. */
    boolean renew(String tunnel, String instance, long generation)
            throws BrokerException, InterruptedException;

    /** Takes a claim out; false if it is not there, or not of this generation. */
    boolean release(String tunnel, String instance, long generation)
            throws BrokerException, InterruptedException;

    /** The owners of a tunnel that live. Entries of those that do not are taken out. */
    List<Owner> owners(String tunnel) throws BrokerException, InterruptedException;

    /**
     * This instance lives.
     *
     * @param load its open requests
     * @return false if an earlier heartbeat is not there, so that its claims may be gone, too
     */
    boolean beat(String instance, int load) throws BrokerException, InterruptedException;

    /** This instance lives no longer. */
    void leave(String instance) throws BrokerException, InterruptedException;

    /** Which agents have tunnels for themselves. */
    Leases leases();

    /** Which secrets still count. */
    SecretStore secrets();

    /** Whose tunnels are. */
    Holdings holdings();

    /** Policies of those who cannot say them. */
    PolicyStore policies();

    /** Ends the connections. */
    @Override
    void close();
}
