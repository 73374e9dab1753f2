/**
 * The admin listener with its metrics, and traces, for server and agent alike. It is a module of
 * its own, since it brings Micrometer, Helidon's web server and OpenTelemetry: an agent in
 * somebody's own program does without, unless it is asked for a listener or for traces.
 */
@NullMarked
package io.cloudtunnel.observe;

import org.jspecify.annotations.NullMarked;
