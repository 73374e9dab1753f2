/** What joins several instances of the server; docs/relay.md. */
@NullMarked
package io.cloudtunnel.server.relay;

import org.jspecify.annotations.NullMarked;
