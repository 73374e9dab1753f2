/** The agent, as a library and as a program. */
@NullMarked
package io.cloudtunnel.agent;

import org.jspecify.annotations.NullMarked;
