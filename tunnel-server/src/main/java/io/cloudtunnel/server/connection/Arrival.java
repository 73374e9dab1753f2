package io.cloudtunnel.server.connection;

import io.cloudtunnel.protocol.http.ReceivedRequest;
import io.cloudtunnel.server.front.PublicRoutes.Route;
import org.jspecify.annotations.Nullable;

/**
 * A request that has come, and whose it is.
 *
 * @param route where it goes; null where it is for no tunnel, so that Helidon answers
 */
record Arrival(ReceivedRequest request, @Nullable Route route) {}
