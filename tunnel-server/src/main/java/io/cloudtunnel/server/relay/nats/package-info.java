/** NATS core as broker. Loaded only where one is configured. */
@NullMarked
package io.cloudtunnel.server.relay.nats;

import org.jspecify.annotations.NullMarked;
