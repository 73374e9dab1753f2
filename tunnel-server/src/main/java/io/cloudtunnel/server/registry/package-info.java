/** Which tunnels have agents connected to this instance. */
@NullMarked
package io.cloudtunnel.server.registry;

import org.jspecify.annotations.NullMarked;
