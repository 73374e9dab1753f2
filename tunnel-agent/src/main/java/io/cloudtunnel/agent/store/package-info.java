/** The credentials and the file that keeps them. */
@NullMarked
package io.cloudtunnel.agent.store;

import org.jspecify.annotations.NullMarked;
