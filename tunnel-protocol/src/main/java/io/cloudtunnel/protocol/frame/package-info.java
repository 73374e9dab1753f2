/**
 * What travels: heads, fields, bodies, and the codecs between them and bytes. Pure functions, no
 * input or output.
 */
@NullMarked
package io.cloudtunnel.protocol.frame;

import org.jspecify.annotations.NullMarked;
