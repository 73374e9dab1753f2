/** The way to the server: proxy, TLS, registration and the opening handshake. */
@NullMarked
package io.cloudtunnel.agent.connect;

import org.jspecify.annotations.NullMarked;
