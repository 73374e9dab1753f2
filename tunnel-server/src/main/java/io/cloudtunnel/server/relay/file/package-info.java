/** What is kept in a file of one server's own; docs/relay.md, section 10. */
@NullMarked
package io.cloudtunnel.server.relay.file;

import org.jspecify.annotations.NullMarked;
