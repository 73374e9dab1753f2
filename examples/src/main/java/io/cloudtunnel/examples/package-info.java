/** Programs with the server, or the agent, within; docs/library.md shows them. */
@org.jspecify.annotations.NullMarked
package io.cloudtunnel.examples;
