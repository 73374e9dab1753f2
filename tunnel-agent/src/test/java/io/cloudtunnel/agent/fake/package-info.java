/** Peers for tests. */
@NullMarked
package io.cloudtunnel.agent.fake;

import org.jspecify.annotations.NullMarked;
