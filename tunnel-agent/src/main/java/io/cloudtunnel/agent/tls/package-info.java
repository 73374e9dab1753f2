/** Which certificates are trusted. */
@NullMarked
package io.cloudtunnel.agent.tls;

import org.jspecify.annotations.NullMarked;
