/**
 * Signed mode: keys that follow from a secret which is not sent, and a link whose messages carry
 * tags; docs/protocol.md, section 14. Sessions know nothing of it.
 */
@NullMarked
package io.cloudtunnel.protocol.signed;

import org.jspecify.annotations.NullMarked;
