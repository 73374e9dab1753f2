/** Keys and certificates in files, for both programs. */
@NullMarked
package io.cloudtunnel.program.tls;

import org.jspecify.annotations.NullMarked;
