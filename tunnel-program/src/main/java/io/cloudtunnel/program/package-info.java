/** What the two programs share: options from flags, environment and file, and logging. */
@NullMarked
package io.cloudtunnel.program;

import org.jspecify.annotations.NullMarked;
