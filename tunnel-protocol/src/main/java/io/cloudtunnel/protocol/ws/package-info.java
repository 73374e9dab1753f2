/**
 * WebSocket frames (RFC 6455, section 5) over an input and an output, for both roles. No threads of
 * its own, no extensions, no opening handshake beyond its two keys.
 */
@NullMarked
package io.cloudtunnel.protocol.ws;

import org.jspecify.annotations.NullMarked;
