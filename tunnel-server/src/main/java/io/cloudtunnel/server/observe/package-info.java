/** What operators see: request ids, log lines, health. */
@NullMarked
package io.cloudtunnel.server.observe;

import org.jspecify.annotations.NullMarked;
