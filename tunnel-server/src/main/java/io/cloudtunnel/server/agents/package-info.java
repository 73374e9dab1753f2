/** The agents' side: registration and the WebSocket endpoint. */
@NullMarked
package io.cloudtunnel.server.agents;

import org.jspecify.annotations.NullMarked;
