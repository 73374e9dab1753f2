/**
 * The HTTP/1.1 message code that a proxy needs (RFC 9110, RFC 9112), over an input and an output
 * stream: heads, body framing, chunked coding, hop-by-hop fields, targets.
 *
 * <p>It has no threads, no timers and no connections of its own. It is strict: a message that two
 * implementations might read in two ways is refused, since one of them stands in front of the
 * other. Lines end with CRLF only, also those of responses; a service that ends them with LF alone
 * is refused. Where a standard lets a recipient choose between repair and refusal, it refuses.
 *
 * <p>Texts are strings of which each character stands for one byte (ISO 8859-1). No message of an
 * exception repeats what was received.
 */
@NullMarked
package io.cloudtunnel.protocol.http;

import org.jspecify.annotations.NullMarked;
