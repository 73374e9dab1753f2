/** The server: as a program of its own, or within somebody else's Helidon application. */
@NullMarked
package io.cloudtunnel.server;

import org.jspecify.annotations.NullMarked;
