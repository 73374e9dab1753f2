/**
 * The seams that the tunnel is built from: links, upstreams, exchanges, and the sessions between
 * them.
 */
@NullMarked
package io.cloudtunnel.protocol.session;

import org.jspecify.annotations.NullMarked;
