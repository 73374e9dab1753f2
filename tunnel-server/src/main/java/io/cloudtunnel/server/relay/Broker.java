package io.cloudtunnel.server.relay;

import java.util.concurrent.CompletionStage;

/**
 * Carries messages of at most 300 KiB to instances, each of which has one channel. Safe for use by
 * several threads.
 *
 * <p>What an engine has to keep to; {@code EngineContract} among the tests shows it of each.
 *
 * <ul>
 *   <li>It may lose messages, which whoever receives notices by their numbers. What it delivers it
 *       delivers whole, once, and in the order in which {@link #publish} was called. That holds for
 *       whichever threads call it, one after the other, among them the one that calls {@link
 *       Receiver#received}.
 *   <li>It calls one receiver by one thread at a time, and never waits for it: what is not taken is
 *       dropped beyond a bound of its own, above the 6 MiB that all others together may send
 *       (docs/relay.md, section 3).
 *   <li>It keeps nothing: what is published while nobody has subscribed is gone. Of what it cannot
 *       publish it says so, rather than to publish it later.
 *   <li>Whenever it may have lost something that it knows of (a connection that was cut, a message
 *       that was dropped), it says {@link Receiver#lost}; and it connects again by itself, at most
 *       500 ms after the broker can be reached.
 *   <li>It completes a publication once the broker has it, since that is what the relay's senders
 *       wait for (docs/relay.md, section 7). If nobody received it and the broker knows, that is 0:
 *       then a request is passed to another owner at once. Else it is {@link #UNKNOWN}, and the
 *       relay finds out within 500 ms.
 *   <li>It logs and throws nothing of its URL.
 * </ul>
 *
 * <p>Another engine implements this interface, in a package of its own beside {@code redis} and
 * {@code nats}, with a setting that {@code TunnelServerBuilder} makes an {@link Engine} of together
 * with the {@link Directory} in Redis. Its test extends {@code EngineContract}.
 *
 * <p>Google Pub/Sub: one topic per instance is too slow to make; so one topic for all, with the
 * instance as an attribute, and at each start a subscription with a filter on it, without retention
 * of acknowledged messages, with an expiry of a day at most, which {@link #close} deletes. The
 * instance is the ordering key as well, which keeps the publisher's order; a failed key has to be
 * resumed, which is a loss of the sender's, and exactly-once delivery keeps repetitions away. Who
 * received is {@link #UNKNOWN}. Its price is latency: tens of milliseconds a message.
 *
 * <p>Kafka: one topic, with a partition chosen by the hash of the instance; each instance assigns
 * itself that partition, without a group, begins at its end, and drops what is for others. {@code
 * acks=1}, no retries with more than one request in flight (or an idempotent producer), so that the
 * order is kept; {@code retention.ms} of a minute. Who received is {@link #UNKNOWN}; {@link
 * #isConnected} is whether the partition has been assigned and the last poll was in time.
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
