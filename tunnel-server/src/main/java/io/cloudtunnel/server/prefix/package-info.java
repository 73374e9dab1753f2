/**
 * Applications that do not know of the prefix under which the public sees them, and hosts of their
 * own for those that cannot do with one. Nothing here reads or writes a connection.
 */
@NullMarked
package io.cloudtunnel.server.prefix;

import org.jspecify.annotations.NullMarked;
