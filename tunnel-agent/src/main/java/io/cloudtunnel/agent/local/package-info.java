/** The exchange with the local service. */
@NullMarked
package io.cloudtunnel.agent.local;

import org.jspecify.annotations.NullMarked;
