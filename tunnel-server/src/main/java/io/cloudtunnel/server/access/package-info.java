/** Who may use a tunnel, and how much of it; docs/access.md. */
@NullMarked
package io.cloudtunnel.server.access;

import org.jspecify.annotations.NullMarked;
