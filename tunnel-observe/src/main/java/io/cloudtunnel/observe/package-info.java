/**
 * The admin listener and its metrics, for server and agent alike. It is a module of its own, since
 * it brings Micrometer and Helidon's web server: an agent in somebody's own program does without,
 * unless it is asked for a listener.
 */
@NullMarked
package io.cloudtunnel.observe;

import org.jspecify.annotations.NullMarked;
