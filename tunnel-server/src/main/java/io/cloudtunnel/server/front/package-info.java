/** The public side: from a public request to an upstream and back. */
@NullMarked
package io.cloudtunnel.server.front;

import org.jspecify.annotations.NullMarked;
