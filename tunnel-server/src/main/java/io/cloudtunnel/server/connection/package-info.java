/**
 * The public side's own HTTP/1.1 connection: requests for tunnels are read and answered here, byte
 * for byte; all others are handed to Helidon's routing, on the same connection.
 */
@NullMarked
package io.cloudtunnel.server.connection;

import org.jspecify.annotations.NullMarked;
