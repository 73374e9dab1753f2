/** TLS that the server ends itself, and the client certificates of agents. */
@NullMarked
package io.cloudtunnel.server.tls;

import org.jspecify.annotations.NullMarked;
