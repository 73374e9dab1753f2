package io.cloudtunnel.server.relay;

import java.util.concurrent.CompletionStage;

/**
 * Carries messages of at most 300 KiB to instances, each of which has one channel. Safe for use by
 * several threads.
 *
 * <p>It may lose messages, which whoever receives notices by their numbers. But what it delivers,
 * it delivers once, and in the order in which {@link #publish} was called. That holds for whichever
 * threads call it, one after the other, among them the one that calls {@link Receiver#received}.
 *
 * <p>Another engine needs these methods only. One that keeps messages (Kafka, Pub/Sub) has to begin
 * with what is published after the subscription; one that cannot say how many received a message
 * answers {@link #UNKNOWN}, and the relay finds out by its own time-outs.
 */
public interface Broker extends AutoCloseable {

    /** It is not known how many received a message. */
    long UNKNOWN = -1;

    /** Told what comes; none of its methods may block. */
    interface Receiver {

        /** A message for this instance; the array is the receiver's. */
        void received(byte[] message);

        /** Messages may have been lost, since the connection was. */
        void lost();
    }

    /**
     * Opens this instance's channel, now or as soon as the broker can be reached. Called once,
     * before anything is published.
     */
    void subscribe(String instance, Receiver receiver);

    /**
     * Publishes to an instance's channel. Never blocks.
     *
     * @return how many received it, or {@link #UNKNOWN}; fails if the broker cannot be reached
     */
    CompletionStage<Long> publish(String instance, byte[] message);

    /** Whether messages are carried, and this instance's own channel is open. Takes no time. */
    boolean isConnected();

    /** Ends the subscription and the connections. */
    @Override
    void close();
}
